/**
 * A backlog in one thread on virtual time: so many issues are set ready at once, the real app and Action work them
 * off below limits of GitHub's, and a reviewer approves what waits for it. Nothing goes wrong. Posts a `Backlog`.
 */
import { parentPort, workerData } from "node:worker_threads";
import { installClockwork } from "../../src/simulation/clockwork.ts";
import { WELL_SAID } from "../../src/simulation/issue-text.ts";
import type { Person } from "../../src/simulation/stage.ts";

export interface BacklogInput {
  readonly issues: number;
  /** Of virtual time, at most. */
  readonly hours: number;
  /** As the sandbox reads it, from when the issues are set ready. */
  readonly limits: string;
  /** Issues that agents may work on at once; left out, no number that is reached. */
  readonly slots?: number;
  /** From so many minutes behind the start, for `minutes`, other limits: then these again. */
  readonly throttled?: { readonly from: number; readonly minutes: number; readonly limits: string };
}

/** What the installation asked in ten minutes. */
export interface Span {
  readonly requests: number;
  readonly content: number;
  /** 403 and 429. */
  readonly refused: number;
  /** Issues that were done at its end. */
  readonly done: number;
}

export interface Backlog {
  readonly spans: readonly Span[];
  /** Times of content-creating requests, milliseconds. */
  readonly content: readonly number[];
  /** How many issues stand at each label. */
  readonly labels: Readonly<Record<string, number>>;
  /** Effects that landed, in their order: keys, and milliseconds since the issues were set ready. */
  readonly landed: readonly { readonly key: string; readonly at: number }[];
  /** Attempts that are charged, of all issues, and the work in them (ms), by the chains' heads. */
  readonly charged: readonly { readonly issue: number; readonly attempt: number; readonly worked: number }[];
  /** Holds and refusals by their reason, as comments tell them. */
  readonly held: readonly string[];
}

const { issues, hours, limits, slots, throttled } = workerData as BacklogInput;
const clockwork = installClockwork();
// Whatever is loaded from here on finds the replaced clocks.
const { createChance } = await import("../../src/simulation/chance.ts");
const { drawRates } = await import("../../src/simulation/knobs.ts");
const { createReplicas } = await import("../../src/simulation/replicas.ts");
const { OWNER } = await import("../../src/simulation/stage.ts");
const { decodeRecord } = await import("../../src/core/commit-message.ts");
const { decodeMarker } = await import("../../src/core/marker.ts");
const { createParts } = await import("./parts.ts");

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 5, 9);
const chance = createChance("backlog");
clockwork.reset(BEGIN, chance.split("ids"));
const { sandbox, stage, verifier, newProcess, fetchOf } = await createParts({
  clockwork,
  chance,
  rates: drawRates(chance.split("rates"), "calm"),
  idTokenKey: chance.split("key").bytes(32),
  exchange: () => replicas.any()?.exchange,
  deliver: (delivery) => replicas.deliver(delivery),
  ...(slots === undefined ? {} : { slots }),
});
const replicas = createReplicas({
  clockwork,
  chance: chance.split("replicas"),
  count: 1,
  appId: stage.app.app.id,
  webhookSecret: stage.app.webhookSecret,
  verifier,
  newProcess: (name) => newProcess("app", name),
  fetchOf,
  say: () => undefined,
});

async function ask(method: string, url: string, body: unknown, person?: Person): Promise<unknown> {
  const headers = {
    "user-agent": "people",
    ...(person ? { authorization: `token ${stage.tokens[person]}` } : {}),
  };
  const answer = await sandbox.handle({ method, url, headers, body: Buffer.from(JSON.stringify(body)) });
  if (answer.status >= 300)
    throw new Error(`${method} ${url}: ${answer.status} ${answer.body.toString("utf8")}`);
  return JSON.parse(answer.body.toString("utf8"));
}

const repo = `/repos/${OWNER}/${stage.repository.name}`;
const { world } = sandbox;
const pulls = () => [...world.pulls.values()];
const filed: number[] = [];
for (let count = 1; count <= issues; count += 1) {
  const made = await ask("POST", `${repo}/issues`, { title: `Number ${count}`, body: WELL_SAID }, "maya");
  filed.push((made as { number: number }).number);
}
replicas.start();
await clockwork.passUntil(BEGIN + 2 * MINUTE);
for (const issue of filed)
  await ask("POST", `${repo}/issues/${issue}/labels`, { labels: [stage.entryLabel] }, "maya");
await ask("POST", "/_sandbox/limits", { limits });
const start = clockwork.now();

/** Whoever reviews looks every two minutes. */
async function review(): Promise<void> {
  clockwork.schedule(2 * MINUTE, () => void review());
  const reviewed = new Set([...world.reviews.values()].map((one) => one.pullId));
  for (const pull of pulls()) {
    const issue = world.issues.get(pull.issueId);
    if (reviewed.has(pull.id) || issue?.state !== "open") continue;
    await ask("POST", `${repo}/pulls/${issue.number}/reviews`, { event: "APPROVE" }, "robin");
  }
}
await review();

const asked = () => sandbox.requestLog.filter((one) => one.tokenKind === "installation" && one.at >= start);
const isDone = (): number => {
  const own = new Set(pulls().map((pull) => pull.issueId));
  return [...world.issues.values()].filter((one) => one.state === "closed" && !own.has(one.id)).length;
};
if (throttled) {
  const setLimits = (text: string): Promise<unknown> => ask("POST", "/_sandbox/limits", { limits: text });
  clockwork.schedule(throttled.from * MINUTE, () => void setLimits(throttled.limits));
  clockwork.schedule((throttled.from + throttled.minutes) * MINUTE, () => void setLimits(limits));
}
const spans: Span[] = [];
for (let span = 1, before = 0; span <= 6 * hours && isDone() < issues; span += 1) {
  await clockwork.passUntil(start + span * 10 * MINUTE);
  const recent = asked().slice(before);
  before += recent.length;
  spans.push({
    requests: recent.length,
    content: recent.filter((one) => one.contentCreating).length,
    refused: recent.filter(({ status }) => status === 403 || status === 429).length,
    done: isDone(),
  });
}
const labels: Record<string, number> = {};
for (const { labelIds } of world.issues.values()) {
  for (const id of labelIds) {
    const name = stage.repository.labels.get(id)?.name ?? "";
    labels[name] = (labels[name] ?? 0) + 1;
  }
}
const store = sandbox.services.stores.get(stage.repository.id);
const charged: { issue: number; attempt: number; worked: number }[] = [];
for (const issue of filed) {
  const commit = await store?.readCommit(stage.repository.refs.get(`refs/cairn/${issue}`) ?? "");
  const record = decodeRecord(commit?.message ?? "");
  if (record.kind !== "record") throw new Error(`#${issue} has no chain`);
  for (const { lost } of Object.values(record.record.state.attempts))
    charged.push(...lost.map(({ attempt, worked }) => ({ issue, attempt, worked })));
}
const held = [...world.comments.values()].flatMap(({ body }) => {
  const found = decodeMarker(body);
  return found.kind === "marker" && found.marker.type === "hold" ? [found.marker.reason] : [];
});
parentPort?.postMessage({
  charged,
  held,
  spans,
  content: asked().flatMap((one) => (one.contentCreating ? [one.at] : [])),
  labels,
  landed: sandbox.landed.flatMap(({ actor, key, at }) =>
    actor.kind === "user" ? [] : [{ key, at: at - start }],
  ),
} satisfies Backlog);
