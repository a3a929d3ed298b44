/** What of a patch is never published: each rule with a case in which only it says no. */
import { expect, test } from "vitest";
import { judgePatch, type PatchEntry } from "../../src/policy/patch-rules.ts";

const entry = (path: string, change: Partial<PatchEntry> = {}): PatchEntry => ({
  path,
  mode: "100644",
  size: 10,
  ...change,
});
const rules = { reservedPaths: ["migrations/"], limits: { files: 3, kilobytes: 1 } };
const judged = (entries: PatchEntry[], filesBefore = 100): string | undefined =>
  judgePatch({ entries, filesBefore }, rules)?.reason;

test.each<[string, PatchEntry[], string | undefined]>([
  ["ordinary files", [entry("src/a.ts"), entry("a file with spaces.txt"), entry("ünïcode.md")], undefined],
  ["nothing", [], "no-change"],
  ["a workflow", [entry(".github/workflows/ci.yml")], "reserved-path"],
  ["the same in other letters", [entry(".GitHub/x")], "reserved-path"],
  ["a configured path", [entry("migrations/1.sql")], "reserved-path"],
  ["submodules' file", [entry(".gitmodules")], "reserved-path"],
  ["a path that leaves the tree", [entry("../x")], "patch-unsafe"],
  ["git's own folder", [entry("a/.git/config")], "patch-unsafe"],
  ["a submodule", [entry("lib", { mode: "160000" })], "patch-unsafe"],
  ["a link within the tree", [entry("a/b", { mode: "120000", target: "../c" })], undefined],
  ["a link out of the tree", [entry("a/b", { mode: "120000", target: "../../c" })], "patch-unsafe"],
  ["a link to a whole path", [entry("b", { mode: "120000", target: "/etc/passwd" })], "patch-unsafe"],
  ["too many files", ["a", "b", "c", "d"].map((path) => entry(path)), "patch-too-large"],
  ["too many bytes", [entry("a", { size: 2_000 })], "patch-too-large"],
])("%s: %s", (_what, entries, reason) => {
  expect(judged(entries)).toBe(reason);
});

test("more than half of the tree removed is taken for an accident", () => {
  const removed = ["a", "b", "c"].map((path) => entry(path, { mode: "000000", size: 0 }));
  expect(judged(removed, 5)).toBe("patch-unsafe");
  expect(judged(removed, 50)).toBeUndefined();
});
