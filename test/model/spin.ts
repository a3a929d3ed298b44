/** Runs Spin on the model: C from the model, a program from that, and what the program finds. Each in a folder of its own. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MODEL = join(import.meta.dirname, "cairn.pml");

export interface Question {
  /** `-D` of the model: a variant, a property, a bound. */
  readonly defines: readonly string[];
  /** `states`: assertions and ends. `cycles`: whether anything can go on for ever (but crash after crash). */
  readonly search: "states" | "cycles";
  /** `whole`: the program is made fast, as it has to visit everything. */
  readonly expect: "whole" | "violation";
}

export interface Finding {
  /** What Spin stopped at, in its words; `undefined`: all was visited, and nothing found. */
  readonly violated: string | undefined;
  readonly counts: Counts;
}

export interface Counts {
  readonly states: number;
  readonly transitions: number;
  /** Deeds on the longest way that was searched. */
  readonly depth: number;
}

/** Deeds on the longest way, at most; beyond it the search would not be complete, and is an error. */
const DEPTH = 10_000;
const MEGABYTES = 4_000;

/** Throws where a tool is missing, or the search did not come to its end. */
export async function ask({ defines, search, expect }: Question): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-model-"));
  try {
    await run(folder, "spin", ["-a", ...defines.map((one) => `-D${one}`), MODEL]);
    const kind = search === "states" ? "-DSAFETY" : "-DNP";
    const effort = expect === "whole" ? "-O1" : "-O0";
    const flags = [effort, "-w", "-DCOLLAPSE", `-DMEMLIM=${MEGABYTES}`, kind];
    await run(folder, "gcc", [...flags, "-o", "pan", "pan.c"]);
    const options = ["-n", `-m${DEPTH}`, "-w22", ...(search === "cycles" ? ["-l"] : [])];
    return read(await run(folder, join(folder, "pan"), options));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `pan` says, in numbers. Throws where it did not visit what it should have. */
export function read(text: string): Finding {
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) throw new Error(`pan does not say ${pattern}:\n${text}`);
    return Number(found);
  };
  if (/max search depth too small|out of memory|memory limit/i.test(text)) {
    throw new Error(`the search is not complete:\n${text}`);
  }
  const violated = /^pan:\d+: (.*?)(?: \(at depth \d+\))?$/m.exec(text)?.[1];
  if (number(/errors: (\d+)/) > 0 !== (violated !== undefined))
    throw new Error(`pan contradicts itself:\n${text}`);
  return {
    violated,
    counts: {
      states: number(/^\s*(\d+) states, stored/m),
      transitions: number(/^\s*(\d+) transitions/m),
      depth: number(/depth reached (\d+)/),
    },
  };
}

/** Standard output of a tool. Throws, with what to install where it is missing. */
function run(folder: string, tool: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, timeout: 280_000, maxBuffer: 16 << 20 };
    execFile(tool, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === "ENOENT")
        reject(
          new Error(`${tool} is not installed: apt-get install --no-install-recommends spin gcc libc6-dev`),
        );
      else reject(new Error(`${tool} ${args.join(" ")}: ${error.message}\n${stdout}${stderr}`));
    });
  });
}
