/** What landed: each once, and only behind an intent that stood there to be seen. */
import type { Landed } from "../../sandbox/log.ts";
import { type ChainStory, type Declared, type DeclaredEffect, type Line, linesAt } from "./chains.ts";
import type { Checked, Facts, Violation } from "./index.ts";
import { visibleSince } from "./markers.ts";
import { routedBy } from "./routed.ts";

export function checkLandings(facts: Facts): readonly Violation[] {
  const found: Violation[] = [];
  const counts = new Map<string, number>();
  for (const landed of facts.history.landed()) {
    // What people do is theirs to do twice.
    if (landed.actor.kind === "user") continue;
    // In other repositories Cairn opens issues, and does nothing else.
    const isHere = landed.repositoryId === facts.stage.repository.id;
    if (!isHere && landed.kind !== "issue.create") {
      found.push({ rule: "no-visible-intent", what: `${landed.key} landed in ${landed.repository}` });
      continue;
    }
    const issue = issueOf(facts, landed);
    const chain = issue === undefined ? undefined : facts.chains.get(issue);
    if (issue === undefined || !chain) {
      found.push({ rule: "no-visible-intent", what: `${landed.key} belongs to no issue` });
      continue;
    }
    if (isByQueue(landed)) {
      const { violation } = judgeQueued(facts, issue, chain, landed);
      if (violation) found.push(violation);
      continue;
    }
    const { violation, key } = judge(facts, issue, chain, landed);
    if (violation) found.push(violation);
    // What an update brings in is the base's, and nobody's work here.
    if (!key?.startsWith("branch.update:") && isUnchecked(facts, landed)) {
      const what = `${landed.key} landed, and no check of its run had said yes`;
      found.push({ rule: "published-unchecked", what, issue });
    }
    const name = `${key ?? landed.key}${wipedBefore(facts, issue, landed.at) ? ", after everything was wiped out" : ""}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    if (counts.get(name) === 2) found.push({ rule: "landed-twice", what: `${name} landed twice`, issue });
  }
  return found;
}

/** A merge queue lands what others have put into it. */
export const isByQueue = ({ actor }: Landed): boolean =>
  actor.kind === "app" && actor.login === "github-merge-queue[bot]";

/** What Cairn put into the queue and has given up since is not merged there. What people put in is theirs. */
function judgeQueued(facts: Facts, issue: number, chain: ChainStory, merged: Landed): Judged {
  const key = `merge.enqueue:${merged.key.slice("merge:".length)}`;
  const entered = facts.history.landed().findLast((one) => one.key === key && one.at <= merged.at);
  if (!entered || entered.actor.kind === "user") return {};
  return judge(facts, issue, chain, { ...entered, at: merged.at });
}

/**
 * Whether people had deleted the chain, and with it every comment of the app's: nothing on GitHub tells then that
 * there was anything before, and whoever may write there has begun anew.
 */
function wipedBefore({ history, stage, sandbox }: Facts, issue: number, at: number): boolean {
  const id = [...sandbox.world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === issue,
  )?.id;
  const gone = history.refs.filter(
    (move) => move.ref === `refs/cairn/${issue}` && move.after === null && move.at < at,
  );
  return gone.some((deleted) => {
    const anew = history.refs.find(
      (move) => move.ref === deleted.ref && move.at > deleted.at && move.after !== null,
    );
    if (!anew || anew.at > at) return false;
    const last = new Map(
      history.comments
        .filter((one) => one.issueId === id && one.viaAppId === stage.app.app.id && one.at < anew.at)
        .map((one) => [one.id, one.body]),
    );
    return [...last.values()].every((body) => body === null);
  });
}

interface Judged {
  readonly violation?: Violation;
  /** Of the effect that it was, where it can be told. */
  readonly key?: string;
}

function judge(facts: Facts, issue: number, chain: ChainStory, landed: Landed): Judged {
  const judged = linesAt(chain, landed.at).map((line) => judgeOn(facts, issue, line, landed));
  return judged.find(({ violation }) => !violation) ?? judged[0] ?? {};
}

function judgeOn(facts: Facts, issue: number, line: Line, landed: Landed): Judged {
  const named = line.declares.flatMap((declared) => {
    const effect = declared.effects.find((one) => isThat(facts, one, landed));
    return effect ? [{ declared, effect }] : [];
  });
  const claimed = named.filter(({ declared }) => declared.run);
  const seen = claimed.filter(({ declared }) => visibleSince(facts, issue, declared.digest) <= landed.at);
  const wrong = (rule: Violation["rule"], why: string): Judged => {
    const key = (seen[0] ?? named[0])?.effect.key;
    const what = `${landed.key} landed at ${landed.at}: ${why}`;
    return { violation: { rule, what, issue }, ...(key !== undefined && { key }) };
  };
  if (named.length === 0) return wrong("no-visible-intent", "nothing declares it");
  if (claimed.length === 0) return wrong("no-visible-intent", "nobody had claimed it");
  if (seen.length === 0) return wrong("no-visible-intent", "its marker was not there to be seen");
  // Two attempts may name the same effect: the one whose run has sent it is the one that counts.
  const sender = senderOf(facts, landed);
  const own = sender === undefined ? seen : seen.filter(({ declared }) => nameOf(declared) === sender);
  const live = own.findLast(({ declared }) => !declared.ended);
  if (!live) return wrong("settled-generation", `what ${sender ?? "somebody"} had of it had been settled`);
  if (line.declares.some((other) => other.generation > live.declared.generation)) {
    return wrong("settled-generation", "a newer generation was declared");
  }
  return { key: live.effect.key };
}

/** Whether a repository that has a check of its own got a branch without it. */
function isUnchecked(facts: Facts, landed: Landed): boolean {
  const publishes = landed.kind === "branch.create" || landed.kind === "branch.update";
  if (!facts.shape.check || !publishes) return false;
  const sender = senderOf(facts, landed);
  return sender === undefined || !facts.history.passed.has(sender);
}

/** The run that sent it, as `id/attempt`. */
function senderOf({ telling }: Facts, { requestId }: Landed): string | undefined {
  const sent = requestId === "" ? undefined : telling.sent.find((one) => one.id === requestId);
  return sent && /\d+\/\d+$/.exec(sent.process)?.[0];
}

const nameOf = ({ run }: Declared): string | undefined => run && `${run.id}/${run.attempt}`;

/** The commit that a branch was moved to: `branch.update:cairn/12-g1@<commit>`. */
const PUSHED = /^branch\.update:(.+)@([0-9a-f]{40})$/;

export async function readParents({
  sandbox,
  stage,
  history,
}: Checked): Promise<ReadonlyMap<string, readonly string[]>> {
  const store = sandbox.services.stores.get(stage.repository.id);
  const found = new Map<string, readonly string[]>();
  for (const { actor, key } of history.landed()) {
    const sha = PUSHED.exec(key)?.[2];
    if (actor.kind === "user" || sha === undefined) continue;
    found.set(sha, (await store?.readCommit(sha))?.parents ?? []);
  }
  return found;
}

/** GitHub's log has no generations and attempts: what an effect is there, key apart. */
function isThat({ sandbox, parents }: Facts, effect: DeclaredEffect, landed: Landed): boolean {
  if (effect.kind === "branch.push") {
    const [, branch, sha = ""] = PUSHED.exec(landed.key) ?? [];
    const declared = effect.merges === undefined ? [effect.head] : [effect.head, effect.merges];
    return branch === effect.branch && parents.get(sha)?.join() === declared.join();
  }
  if (effect.kind === "branch.update") {
    const [, branch, sha = ""] = PUSHED.exec(landed.key) ?? [];
    const number = Number(/pull\/(\d+)@/.exec(effect.key)?.[1]);
    const pull = [...sandbox.world.pulls.values()].find((one) => one.number === number);
    const [head, ...others] = parents.get(sha) ?? [];
    // At that very head, and with one commit more of the base: an agent's own commit has no second parent.
    return pull?.headRef === branch && head === effect.head && others.length === 1;
  }
  if (effect.kind !== landed.kind) return false;
  if (effect.kind === "issue.create")
    return effect.repository === landed.repositoryId && routedBy({ sandbox }, landed)?.key === effect.key;
  if (effect.kind === "review.request") {
    const [, number, names = ""] = /^review\.request:pull\/(\d+)@(.*)$/.exec(landed.key) ?? [];
    const pull = [...sandbox.world.pulls.values()].find((one) => one.number === Number(number));
    return (
      pull?.headRef === effect.branch && names.split(",").every((name) => effect.reviewers?.includes(name))
    );
  }
  return effect.key === landed.key || effect.key.startsWith(`${landed.key}#g`);
}

export function issueOf({ sandbox, stage }: Facts, landed: Landed): number | undefined {
  const { key } = landed;
  if (landed.kind === "issue.create") return routedBy({ sandbox }, landed)?.number;
  const branch = /cairn\/(\d+)-g\d+/.exec(key)?.[1];
  if (branch !== undefined) return Number(branch);
  const agent = /^agent\.run:(\d+)#/.exec(key)?.[1];
  if (agent !== undefined) return Number(agent);
  const number = /pull\/(\d+)/.exec(key)?.[1];
  const pull = [...sandbox.world.pulls.values()].find(
    (one) => one.number === Number(number) && one.repositoryId === stage.repository.id,
  );
  const owner = /^cairn\/(\d+)-g\d+$/.exec(pull?.headRef ?? "")?.[1];
  return owner === undefined ? undefined : Number(owner);
}
