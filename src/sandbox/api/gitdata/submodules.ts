/** Where a submodule comes from, as `.gitmodules` says. */
import type { Sha } from "../../git/store.ts";
import { fullName } from "../../world/find.ts";
import type { RouteContext } from "../router.ts";

/** Address of the submodule at a path; `null`: `.gitmodules` does not name it. Relative ones are taken from the parent's address, as git does. */
export async function submoduleUrl(context: RouteContext, commit: Sha, path: string): Promise<string | null> {
  const { world, urls, repository, store } = context;
  const file = await store.entryAt(commit, ".gitmodules");
  const text = file && (await store.readBlob(file.sha))?.toString("utf8");
  const section = (text ?? "").split(/^\s*\[submodule /m).find((one) => setting(one, "path") === path);
  const url = section && setting(section, "url");
  if (!url) return null;
  if (!/^\.\.?\//.test(url)) return url;
  return new URL(url, `${urls.html}/${fullName(world, repository)}.git/`).href;
}

function setting(section: string, name: string): string | undefined {
  return new RegExp(`^\\s*${name}\\s*=\\s*(.+?)\\s*$`, "m").exec(section)?.[1];
}
