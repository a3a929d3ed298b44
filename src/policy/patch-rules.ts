/** What may be published of a patch: pure rules over the list of changed paths. The first that is broken names itself. */
import type { HoldReason } from "../core/holds.ts";
import type { Config } from "./config/index.ts";

/** One changed path, after the patch. */
export interface PatchEntry {
  readonly path: string;
  /** `000000`: removed. */
  readonly mode: string;
  /** Bytes after the change; 0 where removed. */
  readonly size: number;
  /** What a symbolic link points at. */
  readonly target?: string;
}

export interface PatchFacts {
  readonly entries: readonly PatchEntry[];
  /** Files of the tree before the patch. */
  readonly filesBefore: number;
}

export interface PatchProblem {
  readonly reason: HoldReason;
  readonly detail: string;
}

/** Always reserved: workflows, the configuration itself, who owns what, and what git itself obeys. */
export const ALWAYS_RESERVED: readonly string[] = [
  ".github/",
  ".gitmodules",
  "CODEOWNERS",
  "docs/CODEOWNERS",
];

/** Share of a tree's files beyond which a deletion is taken for an accident. */
const MOST_REMOVED = 0.5;

/** `undefined`: all of it may be published. */
export function judgePatch(
  facts: PatchFacts,
  config: Pick<Config, "reservedPaths" | "limits">,
): PatchProblem | undefined {
  const { entries, filesBefore } = facts;
  if (entries.length === 0) return { reason: "no-change", detail: "" };
  for (const entry of entries) {
    const problem = judgePath(entry) ?? judgeReserved(entry, config.reservedPaths);
    if (problem) return problem;
  }
  const removed = entries.filter((entry) => entry.mode === REMOVED).length;
  if (removed > 1 && removed > filesBefore * MOST_REMOVED) {
    return { reason: "patch-unsafe", detail: `it removes ${removed} of ${filesBefore} files` };
  }
  if (entries.length > config.limits.files) {
    return {
      reason: "patch-too-large",
      detail: `${entries.length} files, ${config.limits.files} are allowed`,
    };
  }
  const kilobytes = Math.ceil(entries.reduce((sum, entry) => sum + entry.size, 0) / 1_024);
  if (kilobytes > config.limits.kilobytes) {
    return { reason: "patch-too-large", detail: `${kilobytes} KiB, ${config.limits.kilobytes} are allowed` };
  }
  return undefined;
}

const REMOVED = "000000";
const KNOWN_MODES = new Set(["100644", "100755", "120000", REMOVED]);

function judgePath({ path, mode, target }: PatchEntry): PatchProblem | undefined {
  const unsafe = (detail: string): PatchProblem => ({ reason: "patch-unsafe", detail });
  if (path.includes("\uFFFD")) return unsafe("a file name is not UTF-8");
  const parts = path.split("/");
  if (path.startsWith("/") || parts.includes("..") || parts.some((part) => part.toLowerCase() === ".git")) {
    return unsafe(`${path} is outside of the tree`);
  }
  if (!KNOWN_MODES.has(mode)) return unsafe(`${path} is neither a file nor a symbolic link (mode ${mode})`);
  if (target !== undefined && leaves(path, target)) return unsafe(`${path} points out of the tree`);
  return undefined;
}

/** Whether a link's target, seen from where the link is, lies outside of the tree. */
function leaves(path: string, target: string): boolean {
  if (target.startsWith("/")) return true;
  let depth = path.split("/").length - 1;
  for (const part of target.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

const judgeReserved = ({ path }: PatchEntry, reserved: readonly string[]): PatchProblem | undefined =>
  isReserved(path, reserved) ? { reason: "reserved-path", detail: path } : undefined;

/** Whether a path is for people: always, or as the configuration says. */
export const isReserved = (path: string, reserved: readonly string[]): boolean =>
  [...ALWAYS_RESERVED, ...reserved].some((rule) => {
    const name = rule.toLowerCase();
    const own = path.toLowerCase();
    return own === name || own.startsWith(name.endsWith("/") ? name : `${name}/`);
  });
