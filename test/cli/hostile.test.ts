/** `npm start -- --hostile` as people run it: everything goes wrong once, and one merge comes of it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Landed } from "../../src/sandbox/log.ts";
import type { RequestEntry } from "../../src/sandbox/request-log.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

test("every fault happens and is told, and every effect landed once, as the sandbox's own log has it", async () => {
  const keep = await mkdtemp(join(tmpdir(), "cairn-hostile-"));
  try {
    const args = [MAIN, "demo", "--hostile", "--json", "--keep", keep];
    // Rejects unless it ends with 0.
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1e8 });
    const lines = linesOf<{ type: string; event?: string; text?: string }>(stdout);
    const summary = lines.at(-1) as unknown as Summary;
    expect(summary).toMatchObject({
      type: "summary",
      exitReason: "done",
      issues: [{ state: "done", pull: 2 }],
    });
    const faults = Object.fromEntries(summary.faults.map(({ fault, count }) => [fault, count]));
    expect(faults).toEqual({
      "old read": expect.any(Number),
      "lost answer": 4,
      "doubled webhook": 2,
      "dropped webhook": 2,
      "killed app": 2,
      "lost runner": 1,
    });
    const told = lines.filter(({ event }) => event === "fault").map(({ text }) => text);
    for (const words of [
      /the chain; the connection is cut/,
      /comes twice/,
      /never comes/,
      /SIGKILL/,
      /runner of/,
    ])
      expect(told).toContainEqual(expect.stringMatching(words));

    const requests = linesOf<RequestEntry>(await readFile(join(keep, "requests.jsonl"), "utf8"));
    expect(requests.filter(({ fault }) => fault === "answer-lost")).toHaveLength(4);
    const old = requests.filter(({ behind, tokenKind }) => behind !== undefined && tokenKind !== "user");
    expect(faults["old read"]).toBeGreaterThan(0);
    expect(faults["old read"]).toBeLessThanOrEqual(old.length);
    const app = await readFile(join(keep, "logs/app.log"), "utf8");
    expect(app.match(/listening on/g)).toHaveLength(3);

    const landed = linesOf<Landed>(await readFile(join(keep, "landed.jsonl"), "utf8"));
    const keys = landed.map(({ key }) => key);
    expect(keys).toEqual([...new Set(keys)]);
    expect(summary.landed).toEqual(keys.map((key) => ({ kind: key.split(":")[0], key, count: 1 })));
    expect(landed.filter(({ actor }) => actor.kind !== "user").map(({ key }) => key.split("@")[0])).toEqual([
      "agent.run:1#g1a1",
      "agent.run:1#g1a2",
      "branch.create:cairn/1-g1",
      "pull.create:cairn/1-g1",
      "review.request:pull/2",
      "merge:pull/2",
    ]);
  } finally {
    await rm(keep, { recursive: true, force: true });
  }
}, 120_000);

interface Summary {
  readonly faults: readonly { readonly fault: string; readonly count: number }[];
  readonly landed: readonly unknown[];
}

const linesOf = <T>(text: string): T[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
