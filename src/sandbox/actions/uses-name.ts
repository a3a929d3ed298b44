/** `owner/name/path@ref`, and where such an action lies in a folder of actions (`--actions`). */
import { access } from "node:fs/promises";
import { join } from "node:path";

export interface UsesName {
  readonly owner: string;
  readonly name: string;
  /** Empty, or with a slash in front. */
  readonly path: string;
  readonly ref: string;
}

export function parseUses(uses: string): UsesName | undefined {
  const parts = /^([^/@\s]+)\/([^/@\s]+)((?:\/[^@\s]+)?)@(\S+)$/.exec(uses);
  if (!parts) return undefined;
  const [, owner = "", name = "", path = "", ref = ""] = parts;
  const dots = [owner, name, ...path.split("/")].some((part) => part === "." || part === "..");
  return dots ? undefined : { owner, name, path, ref };
}

/** The action's repository inside the folder, where the action is there; every ref means what is there. */
export async function libraryFolder(
  library: string | undefined,
  named: UsesName,
): Promise<string | undefined> {
  if (library === undefined) return undefined;
  const top = join(library, named.owner, named.name);
  for (const file of ["action.yml", "action.yaml"]) {
    const there = await access(join(top, named.path, file)).then(
      () => true,
      () => false,
    );
    if (there) return top;
  }
  return undefined;
}
