/** Looks at one issue as the app does, and at what the app leaves out because it does not need it. Reads only. */
import { createObserver, type Observer } from "../../app/observe/index.ts";
import { coreSettings, type Terms } from "../../app/settings.ts";
import { createCommitCache, refOf, type Site } from "../../barrier/index.ts";
import type { ChainState } from "../../core/chain.ts";
import type { DeclaredMarker } from "../../core/commit-message.ts";
import { missing } from "../../core/fates.ts";
import { branchOf, chainRefOf } from "../../core/keys.ts";
import { digestOfMarker } from "../../core/marker.ts";
import { superseded } from "../../core/moves.ts";
import { INERT } from "../../core/refusals.ts";
import type { Part, Snapshot } from "../../core/snapshot.ts";
import { type Connection, GitHubError, realClock } from "../../github/index.ts";
import { walkChain } from "./chain.ts";
import { type Known, knowApp } from "./identity.ts";
import { markerWords } from "./marker-words.ts";
import { explainNow } from "./now.ts";
import type { Report } from "./report.ts";

export interface Question {
  readonly connection: Connection;
  readonly issue: number;
  readonly terms: Terms;
  /** Name of the app in its address on GitHub, if it is given. */
  readonly slug: string | undefined;
}

/** `undefined`: there is no such issue, or it is a pull request. Throws `GitHubError` where nothing can be read. */
export async function explainIssue(question: Question): Promise<Report | undefined> {
  const { connection, issue: number, terms } = question;
  const { reads } = connection;
  const issue = (await reads.issue(number))?.value;
  if (!issue || issue.isPull) return undefined;
  const repository = (await reads.repository()).value;
  const comments = (await reads.comments(number, issue.comments)).value.items;
  const ref = await reads.ref(chainRefOf(number, terms.namespace).slice("refs/".length));
  const head = ref && (await reads.commit(ref.value))?.value;
  const known = knowApp({ head, comments }, question.slug);
  const site: Site = {
    issue: { repository: repository.id, number },
    app: known.identity,
    ...connection,
    clock: realClock,
    commits: createCommitCache(),
    namespace: terms.namespace,
  };
  const observer = await createObserver({
    site,
    repository,
    settings: coreSettings(terms),
    workflowFile: terms.workflowFile,
    hint: "sweep",
    wrote: new Set(),
    startedAt: () => undefined,
    // The reason why nothing starts is looked for at once: who asks wants to know.
    wasRefused: () => true,
  });
  const now = await explainNow(observer);
  if (!now) return undefined;
  const unread: string[] = [];
  await lookFurther(observer, unread);
  const checks = await reading("checks", unread, () => checksOf(site, observer));
  const walk = await walkChain(site, ref?.value);
  const view = observer.chain();
  return {
    issue: {
      repository: `${repository.owner}/${repository.name}`,
      repositoryId: repository.id,
      number,
      title: issue.title,
      state: issue.state,
      labels: issue.labels,
    },
    app: appOf(known),
    now,
    chain: {
      ref: refOf(site),
      kind: view.kind,
      head: view.kind === "absent" ? null : view.head,
      generation: stateOf(observer)?.generation ?? 0,
      links: walk.links,
      cut: walk.cut,
    },
    ledger: ledgerOf(observer, { found: comments.length, expected: issue.comments }),
    open: openOf(observer),
    visible: [...visibleOf(observer, number), ...(checks ?? [])],
    missing: missingOf(observer, walk.declared),
    unread,
  };
}

const appOf = ({ identity, how, others }: Known): Report["app"] => ({
  login: identity.botLogin === "" ? null : identity.botLogin,
  id: identity.appId === 0 ? null : identity.appId,
  how,
  others,
});

function stateOf(observer: Observer): ChainState | undefined {
  const chain = observer.chain();
  return chain.kind === "sound" ? chain.state : undefined;
}

/** Parts that `decide` had no need of. One that may not be read does not hide the others. */
async function lookFurther(observer: Observer, unread: string[]): Promise<void> {
  const open = stateOf(observer)?.open;
  const parts: Part[] = ["ledger", "branch", "pulls", "opened", "gate"];
  if (open?.claim) parts.push("run");
  if (open && !open.claim) parts.push("starts");
  for (const part of parts) {
    if (observer.snapshot()?.[part] === undefined) await reading(part, unread, () => observer.look(part));
  }
}

async function reading<T>(what: string, unread: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    unread.push(`${what}: ${error.message}`);
    return undefined;
  }
}

/** Checks on the head of the open pull request, and those that its base requires. */
async function checksOf(site: Site, observer: Observer): Promise<readonly string[]> {
  const pull = observer.snapshot()?.pulls?.find(({ state }) => state === "open");
  if (!pull) return [];
  const base = (await site.reads.pull(pull.number))?.value.baseRef;
  const required = base === undefined ? [] : (await site.reads.requiredChecks(base)).value;
  const reported = (await site.reads.checks(pull.head)).value;
  const wanted = new Set(required.map(({ name }) => name));
  const silent = [...wanted].filter((name) => !reported.some((check) => check.name === name));
  return [
    ...reported.map(
      ({ name, status, conclusion }) =>
        `check ${name}: ${conclusion ?? status}${wanted.has(name) ? ", required" : ""}`,
    ),
    ...silent.map((name) => `check ${name}: required, and nobody has reported it`),
  ];
}

function ledgerOf(observer: Observer, comments: Report["ledger"]["comments"]): Report["ledger"] {
  const ledger = observer.snapshot()?.ledger?.ledger;
  const markers = [...(ledger?.visible ?? [])].map(([digest, { comment, marker }]) => ({
    comment,
    type: marker.type,
    says: markerWords(marker),
    digest,
  }));
  const inert = (ledger?.inert ?? []).map(({ comment, author, why }) => ({
    comment,
    author,
    code: why,
    what: INERT[why].what,
  }));
  return { comments, markers: markers.sort((a, b) => a.comment - b.comment), inert };
}

function openOf(observer: Observer): Report["open"] {
  const open = stateOf(observer)?.open;
  if (!open) return null;
  const { run, starts } = observer.snapshot() ?? {};
  const known = starts?.kind === "known" ? starts.starts : [];
  return {
    edge: open.edge,
    attempt: open.attempt,
    generation: open.generation,
    owner: open.claim && { run: open.claim.id, attempt: open.claim.attempt, status: statusOf(run) },
    starts: known.map(({ run: { id }, status, conclusion, url }) => ({
      run: id,
      status: conclusion === null ? status : `${status} (${conclusion})`,
      url,
    })),
    cancelled: open.cancel,
  };
}

function statusOf(run: Snapshot["run"]): string {
  switch (run?.kind) {
    case "alive":
      return run.status;
    case "over":
      return `over (${run.conclusion}) ${run.url}`;
    case "cannot-tell":
      return `cannot tell: ${run.why}`;
    case undefined:
      return "cannot tell";
  }
}

function visibleOf(observer: Observer, issue: number): readonly string[] {
  const { branch, pulls = [], gate, opened = [] } = observer.snapshot() ?? {};
  const state = stateOf(observer);
  const generation = state?.open?.generation ?? state?.generation ?? 1;
  const name = branchOf(issue, generation);
  return [
    ...(branch && branch.kind !== "absent"
      ? [`branch ${name} at ${branch.sha}${branch.kind === "own" ? "" : ", which Cairn did not make"}`]
      : []),
    ...pulls.map(
      (pull) => `pull request #${pull.number} ${pull.merged ? "merged" : pull.state} at ${pull.head}`,
    ),
    ...opened
      .filter((one) => one.generation !== generation)
      .map((one) => `pull request #${one.pull} of generation ${one.generation}, still open`),
    ...(gate ? [`merge gate ${gateWords(gate)}`] : []),
  ];
}

function gateWords(gate: NonNullable<Snapshot["gate"]>): string {
  switch (gate.kind) {
    case "open":
      return `open for ${gate.head}`;
    case "waits":
      return `waits (${gate.code}) for ${gate.for}`;
    case "refused":
      return `refuses (${gate.reason}): ${gate.detail}`;
  }
}

function missingOf(observer: Observer, declared: readonly DeclaredMarker[]): readonly string[] {
  const snapshot = observer.snapshot();
  const state = stateOf(observer);
  const visible = snapshot?.ledger?.ledger.visible;
  const unseen = declared.filter((marker) => !visible?.has(digestOfMarker(marker)));
  const beyond = snapshot?.ledger?.ledger.beyond ?? [];
  return [
    ...unseen.map(
      (marker) => `the comment of the ${marker.type} at step ${marker.seq}: ${markerWords(marker)}`,
    ),
    ...beyond.map(({ comment, seq }) => `step ${seq} of the chain, which comment ${comment} cites`),
    ...(state?.open && snapshot?.branch && snapshot.pulls
      ? missing(state.open, {
          branch: snapshot.branch,
          pulls: snapshot.pulls,
          superseded: superseded(snapshot, state.generation),
        }).map(({ key }) => `the effect ${key}`)
      : []),
  ];
}
