/** What the scenario tests look at, and what they do to the sandbox. */
import { expect } from "vitest";
import { parseDocument } from "yaml";
import { person } from "../../src/cli/http.ts";
import type { ChainState } from "../../src/core/chain.ts";
import { decodeRecord } from "../../src/core/commit-message.ts";
import { decodeMarker } from "../../src/core/marker.ts";
import type { JobRecord, RunRecord } from "../../src/sandbox/actions/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { signJwt } from "../sandbox/fixture.ts";
import type { How, Loop } from "./loop.ts";

export const REPO = "/repos/{owner}/{repo}";

/** Effects that Cairn landed, in order. */
export const landed = (loop: Loop): string[] =>
  loop.stage.sandbox.landed.filter((entry) => entry.actor.kind !== "user").map((entry) => entry.key);

/** Keys of the agents that ran, in order. */
export const agentRuns = (loop: Loop): string[] => landed(loop).filter((key) => key.startsWith("agent.run:"));

export const kinds = (loop: Loop): string[] => landed(loop).map((key) => key.split(":")[0] ?? "");

/** No key twice: what the scenarios are about. A person is asked for a review of each head. */
export function expectOnce(loop: Loop): void {
  const isRequest = (key: string): boolean => key.startsWith("review.request:");
  const keys = landed(loop).filter((key) => !isRequest(key));
  expect(keys).toEqual([...new Set(keys)]);
  const requests = landed(loop).filter(isRequest);
  const heads = 1 + kinds(loop).filter((kind) => kind === "branch.update" || kind === "branch.push").length;
  for (const key of new Set(requests))
    expect(requests.filter((one) => one === key).length, key).toBeLessThanOrEqual(heads);
}

export const labelled = (loop: Loop, issue: number, label: string, how?: How): Promise<true> =>
  loop.until(label, async () => ((await loop.shown(issue)).labels.includes(label) ? true : undefined), how);

export const done = (loop: Loop, issue: number, how?: How): Promise<true> =>
  labelled(loop, issue, "cairn:done", how);

/** A pull request, as far as tests look at it. */
export interface Pull {
  readonly number: number;
  readonly state: string;
  readonly merged: boolean;
  readonly body: string;
  readonly head: { readonly sha: string; readonly ref: string };
}

/** The pull request of the issue's first generation, with its own checks green: nobody has reviewed it. */
export const greenPull = (loop: Loop, issue: number): Promise<Pull> =>
  loop.until(
    `the pull request of #${issue}, its checks green`,
    async () => {
      const pulls = await loop.maintainer.get<Pull[]>(`${loop.repo}/pulls?state=all`);
      const pull = pulls.find(({ head }) => head.ref === `cairn/${issue}-g1`);
      const isGreen = [...loop.stage.sandbox.world.checkRuns.values()].some(
        ({ name, headSha, conclusion }) =>
          name === "test" && headSha === pull?.head.sha && conclusion === "success",
      );
      return isGreen ? pull : undefined;
    },
    { review: "no" },
  );

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

/** Starts Cairn's workflow for any comment, as the app does: over HTTP with a token of its installation. */
export async function wake(loop: Loop, issue: number, intent: number): Promise<void> {
  const { sandbox, app, installation } = loop.stage;
  const jwt = await signJwt(sandbox, app);
  const grant = await person(sandbox.url, jwt).post<{ token: string }>(
    `/app/installations/${installation.id}/access_tokens`,
    {},
  );
  const response = await fetch(`${sandbox.url}${loop.repo}/actions/workflows/cairn.yml/dispatches`, {
    method: "POST",
    headers: { authorization: `token ${grant.token}`, "content-type": "application/json" },
    body: JSON.stringify({ ref: "main", inputs: { issue: String(issue), intent: String(intent) } }),
  });
  if (!response.ok) throw new Error(`no run: ${response.status}`);
}

/** Sends a command to the sandbox's control. */
export async function control(loop: Loop, command: string, body: unknown): Promise<void> {
  const [method = "POST", path = ""] = command.split(" ");
  const response = await fetch(`${loop.stage.sandbox.controlUrl}${path}`, {
    method,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${command}: ${response.status} ${await response.text()}`);
}

/** Changes keys of `.github/cairn.yml` on the default branch. */
export async function configure(loop: Loop, keys: Readonly<Record<string, unknown>>): Promise<void> {
  const path = `${loop.repo}/contents/.github/cairn.yml`;
  const file = await loop.maintainer.get<{ sha: string; content: string }>(path);
  const config = parseDocument(Buffer.from(file.content, "base64").toString());
  for (const [key, value] of Object.entries(keys)) config.setIn(key.split("."), value);
  const content = Buffer.from(config.toString()).toString("base64");
  const status = await request(loop, "PUT", path, { message: "Configure", content, sha: file.sha });
  if (status !== 200) throw new Error(`not configured: ${status}`);
}

/** The folded state at the chain's head. */
export async function chainOf(loop: Loop, issue: number): Promise<ChainState> {
  const { sandbox, repository } = loop.stage;
  const head = repository.refs.get(`refs/cairn/${issue}`) ?? "";
  const commit = await sandbox.services.stores.get(repository.id)?.readCommit(head);
  const record = decodeRecord(commit?.message ?? "");
  if (record.kind !== "record") throw new Error(`no chain: ${record.why}`);
  return record.record.state;
}

/** What the app says it waits for, from now on. */
export const waitsFor = (loop: Loop, words: string | RegExp): Promise<string> =>
  loop.until(
    String(words),
    () =>
      loop.lines.find(({ message }) =>
        typeof words === "string" ? message.includes(words) : words.test(message),
      )?.message,
    { review: "no" },
  );

/** The app has seen its fence stand. Only from then on is the quiet period counted, so only now may time pass. */
export const fenced = (loop: Loop, attempt = 1): Promise<string> =>
  waitsFor(loop, `the quiet period: implement/${attempt}`);

/** Time passes on GitHub, so that quiet periods end, and the app looks. */
export async function pass(loop: Loop, seconds: number): Promise<void> {
  loop.stage.sandbox.clock.advance(seconds * 1_000);
  await loop.app.sweep();
}

/** Status of a request by a person, the maintainer by default. */
export async function request(
  loop: Loop,
  method: string,
  path: string,
  body?: unknown,
  token = loop.stage.tokens.maintainer,
): Promise<number> {
  const { sandbox } = loop.stage;
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

/** Lets the agent of this key work for so long, and takes its machine away. Gives the last run. */
export async function loseAtWork(loop: Loop, key: string, seconds: number) {
  const begun = () => (landed(loop).some((one) => one.startsWith(key)) ? true : undefined);
  await loop.until(key, begun, { review: "no" });
  await pass(loop, seconds);
  const run = runsOf(loop).at(-1);
  await control(loop, "POST /runner/lose", { jobId: jobOf(run, key)?.id, noticeMs: 100 });
  return run;
}
