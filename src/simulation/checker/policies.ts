/**
 * What the repository has decided beyond the plain world: who merges, when, how and what, how often is mended, and which issues
 * stay open. Read from what landed and from the chain, never from the app's own words.
 */
import { CONFIG_PATH, parseConfig } from "../../policy/config/index.ts";
import type { GitStore } from "../../sandbox/git/store.ts";
import type { Landed } from "../../sandbox/log.ts";
import type { PullRequest } from "../../sandbox/world/pull-state.ts";
import { INCIDENT, TRY } from "../policies.ts";
import { type ChainStory, lastLine } from "./chains.ts";
import type { Facts, Violation } from "./index.ts";
import { isByQueue, issueOf } from "./landings.ts";
import { hasQuietHoursSince } from "./quiet.ts";

const SECOND = 1_000;

/**
 * Milliseconds between the reading that says yes to an agent or a merge and the step that declares it: a slow answer, and the flight of
 * the step itself. A limit on writes that is met in between is waited out.
 */
const DECLARED_LATE = 420 * SECOND;

/** Milliseconds between the gate's reading by the run that merges and the merge: what it reads behind that, and the flight. */
const LANDS_LATE = 240 * SECOND;

export async function checkPolicies(facts: Facts): Promise<readonly Violation[]> {
  const merges = mergesOf(facts);
  return [
    ...merges.flatMap((one) => leftToPeople(facts, one)),
    ...merges.flatMap((one) => inQuietHours(facts, one)),
    ...(await Promise.all(merges.map((one) => asConfigured(facts, one)))).flat(),
    ...(await Promise.all(merges.map((one) => byNoConfiguration(facts, one)))).flat(),
    ...declaredInQuietHours(facts),
    ...tooManyRounds(facts),
    ...closedIncidents(facts),
  ];
}

interface Merge {
  readonly landed: Landed;
  /** Numbers of the issue and of what is open for it. */
  readonly issue: number;
  readonly pull: PullRequest | undefined;
  readonly head: string;
}

/** What Cairn itself has merged, or put into a queue. */
function mergesOf(facts: Facts): readonly Merge[] {
  const { history, sandbox, stage } = facts;
  return history.landed().flatMap((landed) => {
    const isMerge = landed.kind === "merge" || landed.kind === "merge.enqueue";
    if (!isMerge || landed.actor.kind === "user" || isByQueue(landed)) return [];
    const issue = issueOf(facts, landed);
    const [, number, head = ""] = /pull\/(\d+)@(\w+)/.exec(landed.key) ?? [];
    const pull = [...sandbox.world.pulls.values()].find(
      (one) => one.number === Number(number) && one.repositoryId === stage.repository.id,
    );
    return issue === undefined ? [] : [{ landed, issue, pull, head }];
  });
}

function leftToPeople(facts: Facts, { landed, issue }: Merge): readonly Violation[] {
  const { merges, policies } = facts.shape;
  const wrong = (why: string): Violation[] => [
    { rule: "left-to-people", what: `${landed.key} landed, and ${why}`, issue },
  ];
  if (policies?.shadow) return wrong("this is a trial (`merge: shadow`)");
  if (!merges) return wrong("people merge (`merge: never`)");
  return isTry(facts, issue) ? wrong("the issue is a try, which nobody merges") : [];
}

/** Its title said so when it was first worked on; a chain that a person has moved may have forgotten it. */
export function isTry({ sandbox, stage, chains }: Facts, number: number): boolean {
  const issue = [...sandbox.world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === number,
  );
  const renames = [...sandbox.world.issueEvents.values()].filter(
    (one) => one.issueId === issue?.id && one.rename,
  );
  const title = renames[0]?.rename?.from ?? issue?.title ?? "";
  const chain = chains.get(number);
  if (!title.startsWith(TRY) || !chain || chain.heads.some(({ byPerson }) => byPerson)) return false;
  const declared = firstDeclared(chain);
  return declared !== undefined && renames.every(({ createdAt }) => createdAt > declared);
}

const firstDeclared = (chain: ChainStory): number | undefined => lastLine(chain).declares[0]?.at;

function inQuietHours({ shape }: Facts, { landed, issue }: Merge): readonly Violation[] {
  if (!hasQuietHoursSince(shape.policies?.quietHours, landed.at, LANDS_LATE)) return [];
  const what = `${landed.key} landed at ${time(landed.at)}, within ${shape.policies?.quietHours}`;
  return [{ rule: "quiet-hours-broken", what, issue }];
}

/** No agent begins, nothing is merged, and no try is closed in its place. A review command looks at any hour. */
function declaredInQuietHours({ shape, chains }: Facts): readonly Violation[] {
  const hours = shape.policies?.quietHours;
  return [...chains].flatMap(([issue, chain]) =>
    lastLine(chain)
      .declares.filter(({ edge, at, effects }) => {
        const begins = edge !== "review" && effects.some(({ kind }) => kind === "agent.run");
        return (begins || edge === "merge") && hasQuietHoursSince(hours, at, DECLARED_LATE);
      })
      .map(({ edge, at }) => ({
        rule: "quiet-hours-broken" as const,
        what: `${edge} was declared at ${time(at)}, within ${hours}`,
        issue,
      })),
  );
}

/** By the method, and of a head that had what was on the base when the gate was read; a queue does both in its own way. */
async function asConfigured(facts: Facts, merge: Merge): Promise<readonly Violation[]> {
  const { sandbox, stage, shape } = facts;
  const { landed, issue, head, pull } = merge;
  const store = sandbox.services.stores.get(stage.repository.id);
  const sha = pull?.mergeCommitSha;
  if (landed.kind !== "merge" || !store || !sha) return [];
  const method = shape.policies?.mergeMethod ?? "merge";
  const found = await methodOf(store, sha, head);
  return [
    ...(found === method
      ? []
      : [
          {
            rule: "other-method" as const,
            what: `${landed.key} landed by ${found}, not by ${method}`,
            issue,
          },
        ]),
    ...((await wasTested(facts, store, merge))
      ? []
      : [{ rule: "untested-base" as const, what: `${landed.key} landed on a base that it lacks`, issue }]),
  ];
}

/** Nobody merges by a configuration that cannot be read. */
async function byNoConfiguration(
  facts: Facts,
  { landed, issue, pull }: Merge,
): Promise<readonly Violation[]> {
  const { stage, sandbox, shape } = facts;
  const store = sandbox.services.stores.get(stage.repository.id);
  if (shape.policies?.reconfigured !== true || !pull || !store) return [];
  const tips = tipsAround(facts, pull, landed);
  for (const tip of tips) {
    const entry = await store.entryAt(tip, CONFIG_PATH);
    const text = entry && (await store.readBlob(entry.sha))?.toString("utf8");
    if (text === undefined || parseConfig(text).kind === "valid") return [];
  }
  if (tips.length === 0) return [];
  const what = `${landed.key} landed, and nobody could read the configuration`;
  return [{ rule: "unusable-configuration", what, issue }];
}

/**
 * Where the base stood while the gate may have been read: the last that was the newest before it, and all that came since. None
 * where nothing had moved before.
 */
function tipsAround({ history, stage }: Facts, pull: PullRequest, landed: Landed): readonly string[] {
  const moves = history.refs.filter(
    (move) =>
      move.repositoryId === stage.repository.id &&
      move.ref === `refs/heads/${pull.baseRef}` &&
      move.at <= landed.at &&
      move.after !== pull.mergeCommitSha,
  );
  const before = moves.findLastIndex(({ at }) => at <= landed.at - LANDS_LATE);
  return before < 0 ? [] : moves.slice(before).flatMap(({ after }) => after ?? []);
}

/** A merge has the head as a parent, what is replayed has the head's message, and a squashed commit one of its own. */
async function methodOf(store: GitStore, sha: string, head: string): Promise<string> {
  const commit = await store.readCommit(sha);
  if (commit?.parents.includes(head)) return "merge";
  if ((commit?.parents.length ?? 0) > 1) return "merge of another head";
  const replayed = await replayedOf(store, head, commit?.parents[0]);
  return replayed !== undefined && commit?.message.trimEnd() === replayed ? "rebase" : "squash";
}

/**
 * The message of the last commit that a rebase would replay: merges are left out, and what a merge of the base brought. `onto`: where
 * the result stands.
 */
async function replayedOf(store: GitStore, head: string, onto = ""): Promise<string | undefined> {
  const commits = await store.log(head, { limit: 20, ...(onto !== "" && { notReachableFrom: onto }) });
  return commits.find(({ parents }) => parents.length < 2)?.message.trimEnd();
}

/** Whether the head has any commit in it that was the base's newest while the gate may have been read. */
async function wasTested(facts: Facts, store: GitStore, { landed, head, pull }: Merge): Promise<boolean> {
  const { shape } = facts;
  const asks = shape.policies?.untestedBase === "wait" || shape.updates === true;
  if (!asks || !pull || shape.queue) return true;
  const tips = tipsAround(facts, pull, landed);
  // Before anything has moved there is nothing that it could lack.
  if (tips.length === 0) return true;
  for (const tip of tips) if (await store.isAncestor(tip, head)) return true;
  return false;
}

/** What agents mend on one branch; a person who moves a chain back makes Cairn forget how often. */
function tooManyRounds(facts: Facts): readonly Violation[] {
  const most = facts.shape.policies?.fixRounds;
  if (most === undefined) return [];
  const declared = [...facts.chains.values()].flatMap((chain) =>
    lastLine(chain).declares.flatMap(({ effects }) => effects),
  );
  const updated = new Set(declared.flatMap((one) => (one.kind === "branch.update" ? one.head : [])));
  // A head that is brought up to date has the base as its second parent, and nobody has mended anything.
  const isUpdate = (key: string): boolean => {
    const [head = "", ...others] = facts.parents.get(/@(\w+)$/.exec(key)?.[1] ?? "") ?? [];
    return others.length === 1 && updated.has(head);
  };
  const pushed = facts.history
    .landed()
    .filter(({ kind, actor, key }) => kind === "branch.update" && actor.kind !== "user" && !isUpdate(key));
  const byBranch = Map.groupBy(pushed, ({ key }) => key.replace(/@\w+$/, ""));
  return [...byBranch].flatMap(([branch, rounds]): readonly Violation[] => {
    const [first] = rounds;
    const issue = first && issueOf(facts, first);
    const isMoved = facts.chains.get(issue ?? 0)?.heads.some(({ byPerson }) => byPerson);
    if (isMoved || rounds.length <= most || issue === undefined) return [];
    return [{ rule: "rounds-exceeded", what: `${branch} landed ${rounds.length} times, not ${most}`, issue }];
  });
}

/**
 * Incidents have their label from the beginning, and nobody takes it away: only a person closes one whose work was merged. A try
 * is closed with its pull request, whatever else it is.
 */
function closedIncidents({ sandbox, stage, issues, shape, history }: Facts): readonly Violation[] {
  if (!shape.policies?.incidents) return [];
  const label = (id: number): boolean => stage.repository.labels.get(id)?.name === INCIDENT;
  const isMerged = (number: number): boolean =>
    [...sandbox.world.pulls.values()].some(
      (one) => one.merged && one.headRef.startsWith(`cairn/${number}-g`),
    );
  const byPeople = history.landed().filter(({ kind, actor }) => kind === "merge" && actor.kind === "user");
  return [...sandbox.world.issues.values()]
    .filter((one) => one.repositoryId === stage.repository.id && issues.includes(one.number))
    .filter(({ number, labelIds }) => labelIds.some(label) && isMerged(number))
    .flatMap(({ id, number }) =>
      [...sandbox.world.issueEvents.values()]
        .filter((one) => one.issueId === id && one.event === "closed" && one.viaAppId !== null)
        .filter(({ createdAt }) => !byPeople.some(({ at }) => at === createdAt))
        .map(
          (): Violation => ({
            rule: "incident-closed",
            what: "it is an incident, and was closed by no person",
            issue: number,
          }),
        ),
    );
}

const time = (at: number): string => new Date(at).toISOString();
