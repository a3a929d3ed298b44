/**
 * Looks on while the sandbox's runner works: every process that it starts, every git that an action starts, every
 * token that is minted. Nothing is stood in for: the runner's own calls are told by Node's diagnostics channel, and
 * a `git` on the way to the real one writes down with what it was called.
 */
import { execFileSync } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { vi } from "vitest";
import type { Sandbox } from "../../../src/sandbox/index.ts";
import type { Token } from "../../../src/sandbox/world/state.ts";

export interface Seen {
  /** `node`, `git of the runner`, `git of the action`, or the command. */
  readonly what: string;
  /** Number of the job, out of the folder that it works in. */
  readonly job: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: string;
}

export interface ProcessWatch extends Disposable {
  seen(): readonly Seen[];
}

/** Node tells of each process before it starts it, with the whole environment that it will have. */
const SPAWN = "tracing:child_process.spawn:start";
/** `jobs/<run>-<attempt>-<job>` in a working directory. */
const IN_JOB = /\/actions\/jobs\/\d+-\d+-(\d+)\//;

const variables = (pairs: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );

/** From now on, until it is disposed of. `folder`: its own, for the `git` that it puts in the way. */
export function watchProcesses(folder: string): ProcessWatch {
  const spawned: Seen[] = [];
  const onSpawn = (message: unknown): void => {
    const { options } = message as {
      options: { file: string; args: string[]; envPairs: string[]; cwd?: string };
    };
    const job = IN_JOB.exec(options.cwd ?? "")?.[1];
    // Each git is seen on its own way, whoever starts it.
    if (job === undefined || options.file === "git") return;
    const what = options.file === process.execPath ? "node" : options.file;
    const environment = variables(options.envPairs);
    spawned.push({ what, job: Number(job), environment, command: options.args.join(" ") });
  };
  subscribe(SPAWN, onSpawn);
  const path = process.env.PATH;
  const gits = join(folder, "gits");
  process.env.PATH = `${gitOnTheWay(folder, gits)}:${path}`;
  return {
    seen: () => [
      ...spawned,
      ...readdirSync(gits).flatMap((name) => gitSeen(readFileSync(join(gits, name), "latin1"))),
    ],
    [Symbol.dispose]() {
      unsubscribe(SPAWN, onSpawn);
      process.env.PATH = path;
    },
  };
}

/** Writes working directory, who called, arguments, and the environment as the kernel has it. */
function gitOnTheWay(folder: string, gits: string): string {
  const git = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(gits, { recursive: true });
  const lines = [
    "#!/bin/sh",
    'case "$PWD" in */actions/jobs/*)',
    `  { tr '\\0' ' ' < /proc/$PPID/cmdline; printf '\\0%s\\0%s\\0' "$PWD" "$*"; cat /proc/$$/environ; } > '${gits}'/$$ ;;`,
    "esac",
    `exec '${git}' "$@"`,
  ];
  writeFileSync(join(bin, "git"), `${lines.join("\n")}\n`);
  chmodSync(join(bin, "git"), 0o755);
  return bin;
}

function gitSeen(text: string): readonly Seen[] {
  const [caller = "", cwd = "", command = "", ...pairs] = text.split("\0");
  const job = IN_JOB.exec(`${cwd}/`)?.[1];
  // The agent's own is no process of the job: what it sees is the agent's to tell.
  if (job === undefined || caller.includes("probe.ts")) return [];
  const what = caller.includes("dist/index.js") ? "git of the action" : "git of the runner";
  return [{ what, job: Number(job), environment: variables(pairs.filter((pair) => pair !== "")), command }];
}

export interface Minted {
  readonly token: Token;
  /** Jobs that ran at that moment. */
  readonly during: readonly number[];
}

export interface TokenWatch {
  readonly tokens: readonly Minted[];
  /** Signed id tokens. */
  idTokens(): Promise<readonly string[]>;
}

/** Every token that the sandbox has, or makes from now on; a token that was given back is told all the same. */
export function watchTokens(sandbox: Sandbox): TokenWatch {
  const { world } = sandbox;
  const running = (): number[] =>
    [...world.runs.values()].flatMap(({ jobs }) =>
      jobs.filter(({ status }) => status === "in_progress").map(({ id }) => id),
    );
  const tokens: Minted[] = [...world.tokens.values()].map((token) => ({ token, during: [] }));
  const set = world.tokens.set.bind(world.tokens);
  vi.spyOn(world.tokens, "set").mockImplementation((key, token) => {
    tokens.push({ token, during: running() });
    return set(key, token);
  });
  const signed = vi.spyOn(sandbox.actionsHost, "signIdToken");
  return {
    tokens,
    idTokens: () => Promise.all(signed.mock.results.map(({ value }) => value as Promise<string>)),
  };
}
