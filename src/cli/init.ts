/** `cairn init`: writes the configuration and the calling workflow into a checkout. */
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CALLER_PATH, callerWorkflow } from "../checkout/caller-workflow.ts";
import { CONFIG_PATH, starterConfig } from "../policy/config/index.ts";
import { ExitError, options } from "./exit.ts";
import { inCalledFolder } from "./folder.ts";

export const INIT_HELP = `Usage: npm run cairn -- init --app URL [options]

Writes ${CONFIG_PATH}, every key with what it is for and its default, and ${CALLER_PATH}, which calls Cairn's workflow.
Both go to the default branch. A file that is there already and differs is left as it is, and nothing is written.

  --app URL         where runners reach the Cairn app, such as https://cairn.example.com (required)
  --agent COMMAND   shell command of the coding agent
  --dir PATH        top of the checkout, default: this folder

Exit codes: 0 written, or there as it would be written; 2 arguments cannot be used, or a file is there that differs.
`;

export async function init(args: readonly string[]): Promise<number> {
  const given = options("init", args, {
    app: { type: "string" },
    agent: { type: "string" },
    dir: { type: "string", default: "." },
  });
  const app = addressOf(given.app);
  if (given.agent?.trim() === "") throw new ExitError(2, "--agent is empty: give a shell command");
  const dir = inCalledFolder(given.dir);
  if (!(await stat(dir).catch(() => undefined))?.isDirectory()) {
    throw new ExitError(2, `--dir ${given.dir}: there is no such folder`);
  }
  const files = [
    { path: CONFIG_PATH, text: starterConfig(given.agent) },
    { path: CALLER_PATH, text: callerWorkflow({ app }) },
  ];
  const missing: typeof files = [];
  for (const file of files) {
    const there = await readFile(join(dir, file.path), "utf8").catch(() => undefined);
    if (there === undefined) missing.push(file);
    else if (there !== file.text)
      throw new ExitError(2, `${file.path} is there already, and differs: nothing was written`);
  }
  for (const { path, text } of missing) {
    const file = join(dir, path);
    await mkdir(dirname(file), { recursive: true });
    // Whoever wrote it in the meantime keeps it.
    await writeFile(file, text, { flag: "wx" });
  }
  for (const { path } of files) {
    const words = missing.some((one) => one.path === path) ? "written" : "there already, as it should be";
    process.stdout.write(`${path}: ${words}\n`);
  }
  process.stdout.write(
    "Next: commit both to the default branch, then `npm run cairn -- doctor OWNER/REPO`.\n",
  );
  return 0;
}

/** The app's address without a slash at its end. Throws `ExitError` 2. */
function addressOf(text: string | undefined): string {
  if (text === undefined) throw new ExitError(2, "init needs --app URL: where runners reach the Cairn app");
  const url = URL.parse(text);
  const isLocal = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && isLocal))) {
    throw new ExitError(2, `--app ${text} is no address that tokens may be sent to: it begins with https://`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new ExitError(2, "--app takes scheme, host and path: no account, query or fragment");
  }
  return url.href.replace(/\/+$/, "");
}
