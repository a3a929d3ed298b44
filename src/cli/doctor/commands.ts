/**
 * The commands that the configuration names, as far as they can be looked at without being run: whether bash can read
 * them, and whether the file that they begin with is in the repository. What else they need only a run can tell.
 */
import { spawn } from "node:child_process";
import type { Config } from "../../policy/config/index.ts";
import { type Finding, ok, unknown, wrong } from "./findings.ts";

/** Keys of the configuration that hold a command. */
const KEYS = ["agent", "check", "review", "triage"] as const;

/** Milliseconds for bash to read one line. */
const PATIENCE = 10_000;

/** `isThere`: whether the default branch has the file at this path. Throws what it throws. */
export async function judgeCommands(
  config: Pick<Config, (typeof KEYS)[number]>,
  isThere: (path: string) => Promise<boolean>,
): Promise<Finding> {
  const commands = KEYS.flatMap((key) => {
    const { command } = config[key];
    return command === undefined ? [] : [{ key: `${key}.command`, command }];
  });
  if (commands.length === 0) return ok("none is configured");
  const flaws: string[] = [];
  const seen: string[] = [];
  const unread: string[] = [];
  for (const { key, command } of commands) {
    const syntax = await syntaxFlaw(command);
    if (syntax === undefined) unread.push(key);
    else if (syntax !== "") flaws.push(`${key}: bash cannot read it: ${syntax}`);
    const path = pathOf(command);
    if (path === undefined) seen.push(`${key} begins with no file of the repository`);
    else if (await isThere(path)) seen.push(`${key} begins with ${path}, which is there`);
    else flaws.push(`${key} begins with ${path}, which the default branch does not have`);
  }
  if (flaws.length > 0) return wrong(flaws.join("; "));
  if (unread.length > 0)
    return unknown(
      `there is no bash on this machine that could read ${unread.join(", ")}; ${seen.join("; ")}`,
    );
  return ok(seen.join("; "));
}

/** The file at the repository's top or below with which a command begins; `undefined`: a program, or nobody can tell. */
function pathOf(command: string): string | undefined {
  const [, word = ""] = /^\s*(?:\w+=[\w./:-]*\s+)*([\w./@+-]+)(?=$|[\s;&|<>])/.exec(command) ?? [];
  if (!word.includes("/") || word.startsWith("/") || word.split("/").includes("..")) return undefined;
  return word
    .split("/")
    .filter((part) => part !== "." && part !== "")
    .join("/");
}

/** What bash says to the line, which it only reads; "": nothing. `undefined`: there is no bash here. */
function syntaxFlaw(command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Nothing of this machine's environment but where bash is: what it names would be run.
    const env = { PATH: process.env.PATH ?? "", LC_ALL: "C" };
    const child = spawn("bash", ["--norc", "--noprofile", "-n", "-c", command], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: PATIENCE,
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.on("error", () => resolve(undefined));
    child.on("close", (code) => {
      if (code === null) resolve(undefined);
      else
        resolve(
          code === 0 ? "" : (said.split("\n")[0] ?? "").replace(/^bash: -c: /, "") || `it ends with ${code}`,
        );
    });
  });
}
