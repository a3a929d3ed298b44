/** Files that say which version of a tool a repository wants. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** Text of a file in the workspace. Throws with the action's word where it is not there. */
export async function versionFile(workspace: string, tool: string, path: string): Promise<string> {
  const whole = join(workspace, path);
  if (!existsSync(whole)) {
    throw new Error(`The specified ${tool} version file at: ${whole} does not exist`);
  }
  return readFile(whole, "utf8");
}

/** `.nvmrc`, `.node-version`, `.tool-versions`, `mise.toml`, `package.json` (volta, devEngines, engines). */
export function nodeVersionIn(path: string, text: string): string | undefined {
  if (path.endsWith(".json")) return nodeVersionOfManifest(text);
  if (path.endsWith(".toml")) return /^\s*node\s*=\s*(?:\{\s*version\s*=\s*)?"([^"]+)"/m.exec(text)?.[1];
  return /^(?:node(?:js)?\s+)?v?(\S+)$/m.exec(text)?.[1];
}

interface Manifest {
  readonly volta?: { readonly node?: string };
  readonly devEngines?: { readonly runtime?: Runtime | readonly Runtime[] };
  readonly engines?: { readonly node?: string };
}

interface Runtime {
  readonly name?: string;
  readonly version?: string;
}

function nodeVersionOfManifest(text: string): string | undefined {
  const { volta, devEngines, engines } = JSON.parse(text) as Manifest;
  const runtimes = [devEngines?.runtime ?? []].flat() as readonly Runtime[];
  const runtime = runtimes.find((one) => one.name?.toLowerCase() === "node" && one.version);
  return volta?.node ?? runtime?.version ?? engines?.node;
}

/** `.python-version` (a version a line), `.tool-versions`, `pyproject.toml`, `Pipfile`. */
export function pythonVersionsIn(path: string, text: string): readonly string[] {
  const one = (pattern: RegExp): readonly string[] => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? [] : [found];
  };
  if (path.endsWith("pyproject.toml")) {
    const project = one(/^\s*requires-python\s*=\s*["']([^"']+)["']/m);
    return project.length > 0 ? project : one(/^\s*python\s*=\s*["']([^"']+)["']/m);
  }
  if (basename(path) === "Pipfile") return one(/^\s*python_(?:full_)?version\s*=\s*["']([^"']+)["']/m);
  if (path.endsWith(".tool-versions")) return one(/^\s*python\s+(\S+)/m);
  return text
    .split("\n")
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** `go.mod` and `go.work` (`toolchain`, else `go`), `.tool-versions`, `.go-version`. */
export function goVersionIn(path: string, text: string): string | undefined {
  if (/go\.(?:mod|work)$/.test(path)) {
    return /^toolchain go(\S+)/m.exec(text)?.[1] ?? /^go (\S+)/m.exec(text)?.[1];
  }
  if (path.endsWith(".tool-versions")) return /^\s*golang\s+(\S+)/m.exec(text)?.[1];
  return text.trim() || undefined;
}
