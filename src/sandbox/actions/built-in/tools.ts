/** Tools that are on the machine: found in `PATH`, asked for their version, put in front where another came first. */
import { access, constants, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { startProcess } from "../steps/process.ts";
import type { BuiltInContext } from "./port.ts";

export interface Tool {
  readonly path: string;
  /** Three numbers, without a `v`. */
  readonly version: string;
}

/** What a command prints, trimmed; `undefined` where it is not there or fails. */
export async function ask(
  context: BuiltInContext,
  command: string,
  args: readonly string[],
): Promise<string | undefined> {
  const lines: string[] = [];
  const { places } = context.job;
  const running = startProcess({
    command,
    args,
    cwd: places.workspace,
    // No command may fetch another version of itself to answer.
    env: { ...context.env, GOTOOLCHAIN: "local" },
    onLine: (line) => lines.push(line),
  });
  context.started(running);
  return (await running.done) === 0 ? lines.join("\n").trim() : undefined;
}

/** How a tool is looked for. */
export interface Search {
  /** The action that asks, for its error. */
  readonly action: string;
  /** What is asked, in words. */
  readonly asked: string;
  readonly names: readonly string[];
  readonly versionOf: (path: string) => Promise<string | undefined>;
  readonly fits: (version: string) => boolean;
}

/** The first tool in `PATH` that fits. Throws with what was asked and what is there. */
export async function findTool(context: BuiltInContext, search: Search): Promise<Tool> {
  const seen: Tool[] = [];
  // What an earlier step has put in front runs one of the others: it is not asked itself.
  const own = inFrontFolder(context);
  const folders = (context.env.PATH ?? "")
    .split(delimiter)
    .filter((one) => one !== "" && !one.startsWith(own));
  for (const folder of new Set(folders)) {
    for (const name of search.names) {
      const path = join(folder, name);
      const version = (await isExecutable(path)) ? await search.versionOf(path) : undefined;
      if (version === undefined) continue;
      if (search.fits(version)) return { path, version };
      seen.push({ path, version });
    }
  }
  const here = seen.map(({ version, path }) => `${version} (${path})`).join(", ");
  throw new Error(
    `${search.action}: ${search.asked} was asked; in PATH there is ${here || "none"}. The sandbox installs nothing: put one that fits into the PATH of the sandbox, or ask for what is there.`,
  );
}

const inFrontFolder = ({ job }: BuiltInContext): string => join(job.places.tools, "in-front");

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Puts commands in front of `PATH` that run these programs; the folder that holds them. */
export async function putInFront(
  context: BuiltInContext,
  name: string,
  commands: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const folder = join(inFrontFolder(context), name, "bin");
  await mkdir(folder, { recursive: true });
  for (const [command, words] of Object.entries(commands)) {
    const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    await writeFile(join(folder, command), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o755 });
  }
  context.addPath(folder);
  return folder;
}

/** Refuses another architecture than the machine's, and says that nothing newer is looked for. */
export function checkMachine(action: string, { inputs, job }: BuiltInContext): void {
  const { architecture, "check-latest": latest } = inputs;
  if (architecture && architecture !== process.arch) {
    throw new Error(`${action}: architecture ${architecture} was asked; this machine is ${process.arch}`);
  }
  if (latest === "true") job.log.warning(`${action}: check-latest looks at this machine alone.`);
}
