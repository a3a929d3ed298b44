/** What the scenario tests look at, and what they do to the sandbox. */
import { expect } from "vitest";
import { decodeMarker } from "../../src/core/marker.ts";
import type { JobRecord, RunRecord } from "../../src/sandbox/actions/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import type { Loop } from "./loop.ts";

export const REPO = "/repos/{owner}/{repo}";

/** Effects that Cairn landed, in order. */
export const landed = (loop: Loop): string[] =>
  loop.stage.sandbox.landed.filter((entry) => entry.actor.kind !== "user").map((entry) => entry.key);

export const kinds = (loop: Loop): string[] => landed(loop).map((key) => key.split(":")[0] ?? "");

/** No key twice: what the scenarios are about. */
export function expectOnce(loop: Loop): void {
  const keys = landed(loop);
  expect(keys).toEqual([...new Set(keys)]);
}

export const labelled = (
  loop: Loop,
  issue: number,
  label: string,
  options?: { review: "no" },
): Promise<true> =>
  loop.until(
    label,
    async () => ((await loop.shown(issue)).labels.includes(label) ? true : undefined),
    options,
  );

export const done = (loop: Loop, issue: number): Promise<true> => labelled(loop, issue, "cairn:done");

export async function holdOf(loop: Loop, issue: number): Promise<string> {
  await labelled(loop, issue, "cairn:hold");
  const { comments } = await loop.shown(issue);
  const marker = decodeMarker(comments.at(-1)?.body ?? "");
  return marker.kind === "marker" && "reason" in marker.marker ? marker.marker.reason : "none";
}

export const fault = (loop: Loop, rule: FaultRule): void => {
  loop.stage.sandbox.faults.add(rule);
};

/** Runs of Cairn's workflow, oldest first. */
export const runsOf = (loop: Loop): RunRecord[] =>
  [...(loop.stage.sandbox.engine?.runs(loop.stage.repository.id) ?? [])]
    .reverse()
    .filter((run) => run.workflowName === "cairn");

export const jobOf = (run: RunRecord | undefined, name: string): JobRecord | undefined =>
  run?.jobs.find((job) => job.name.includes(name));

/** Time passes on GitHub, so that quiet periods end, and the app looks. */
export async function pass(loop: Loop, seconds: number): Promise<void> {
  loop.stage.sandbox.clock.advance(seconds * 1_000);
  await loop.app.sweep();
}

export async function request(loop: Loop, method: string, path: string, body?: unknown): Promise<number> {
  const { sandbox, tokens } = loop.stage;
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `token ${tokens.maintainer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}
