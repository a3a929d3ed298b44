/** Steps of the chain: acts are consumed once, and what was settled as done is there. */
import type { IssueEvent } from "../../sandbox/world/state.ts";
import {
  type ChainStep,
  type ChainStory,
  type Declared,
  type DeclaredEffect,
  type Line,
  linesOf,
} from "./chains.ts";
import { commandsPending, unfounded } from "./commands.ts";
import { checkEdits } from "./edits.ts";
import type { Facts, Violation } from "./index.ts";
import { routedIn } from "./routed.ts";

/** Milliseconds by which a list may lag, and the time that it takes to read one and to act on it. */
const LONGEST_LAG = 40_000;

export function checkSteps(facts: Facts): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const [issue, chain] of facts.chains) {
    for (const violation of unfounded(facts, issue))
      found.set(`${issue} ${violation.what}`, { ...violation, issue });
    for (const line of linesOf(chain)) {
      for (const { rule, what } of [
        ...actsTwice(line),
        ...ignored(facts, issue, line),
        ...checkEdits(facts, issue, line),
        ...endsOf(facts, chain, line),
      ]) {
        found.set(`${issue} ${what}`, { rule, what, issue });
      }
    }
  }
  return [...found.values()];
}

function actsTwice({ steps }: Line): readonly Violation[] {
  const acts = steps.flatMap(actsOf);
  return acts
    .filter((id, index) => acts.indexOf(id) < index)
    .map((id) => ({ rule: "act-consumed-twice", what: `act ${id} was consumed twice` }));
}

/** Where a run was stopped because a person asked, the person is obeyed before anything else is declared. */
function ignored(facts: Facts, issue: number, { steps }: Line): readonly Violation[] {
  return steps.flatMap((cancel, at): readonly Violation[] => {
    if (cancel.step !== "cancel" || cancel.why !== "act") return [];
    const next = steps.findIndex((step, index) => index > at && step.step === "declare");
    const declared = steps[next];
    if (!declared) return [];
    const consumed = new Set(steps.slice(0, next).flatMap(actsOf));
    const raised = steps.slice(0, at).findLast(({ step }) => step === "raise");
    const labels = actsPending(facts, issue, declared.at)
      .filter((event) => event.label?.name !== facts.stage.entryLabel || !isBehind(event, raised))
      .map(({ id, createdAt }) => ({ id, at: createdAt }));
    const asked = [...labels, ...commandsPending(facts, issue, declared.at)].filter(
      (one) => one.at < cancel.at,
    );
    const obeyed = new Set(steps.slice(at, next).flatMap(actsOf));
    const isObeyed = asked.some(({ id }) => obeyed.has(id));
    return (
      asked
        .filter(({ id }) => !consumed.has(id))
        // Of several a list that lags shows the older alone: the other is obeyed when it is shown.
        .filter((one) => !isObeyed || declared.at - one.at > LONGEST_LAG)
        .map(({ id }) => ({
          rule: "act-ignored",
          what: `act ${id} stopped a run, and was not obeyed when the next was declared`,
        }))
    );
  });
}

/** Whether work was begun for something newer: what a label asked for before that has been begun too. */
const isBehind = ({ id, createdAt }: IssueEvent, raised: ChainStep | undefined): boolean =>
  raised !== undefined && (Number(raised.act) > 0 ? id < Number(raised.act) : createdAt < raised.at);

/** Labels by which people had asked by then, and that nobody but Cairn had taken away again. */
function actsPending({ sandbox, stage }: Facts, number: number, by: number): readonly IssueEvent[] {
  const issue = [...sandbox.world.issues.values()].find(
    (one) => one.repositoryId === stage.repository.id && one.number === number,
  );
  const events = [...sandbox.world.issueEvents.values()].filter(
    (one) => one.issueId === issue?.id && one.viaAppId === null && one.createdAt <= by,
  );
  const asks = ({ label }: IssueEvent): boolean =>
    label?.name === stage.entryLabel || label?.name === "cairn:hold";
  return events.filter(
    (one) =>
      one.event === "labeled" &&
      asks(one) &&
      !events.some(
        (later) => later.event === "unlabeled" && later.id > one.id && later.label?.name === one.label?.name,
      ),
  );
}

/** Acts that a step consumes; a comment stands below zero. */
export const actsOf = (step: ChainStep): readonly number[] => [
  ...(step.step === "raise" || step.step === "resume"
    ? [Number(step.act), ...((step.with as number[] | undefined) ?? [])]
    : []),
  ...(step.step === "hold" || step.step === "answer" ? ((step.acts as number[] | undefined) ?? []) : []),
  ...(step.step === "refuse" || step.step === "override" ? [Number(step.act)] : []),
];

function endsOf(facts: Facts, chain: ChainStory, { declares }: Line): readonly Violation[] {
  return declares.flatMap((declared): readonly Violation[] => {
    const { edge, attempt, generation, ended } = declared;
    const name = `${edge}/${attempt} of generation ${generation}`;
    if (ended?.as === "lost" && isAtWork(facts, declared, ended.at)) {
      return [{ rule: "settled-generation", what: `${name} was settled as lost while its run was at work` }];
    }
    if (ended?.as !== "applied") return [];
    const trace = declared.effects.find(({ kind }) => kind === "branch.push" || kind === "review.post");
    return declared.effects
      .filter((effect) => !isThere(facts, ended.at, effect.kind === "agent.run" && trace ? trace : effect))
      .filter((effect) => !isOfForgottenAttempt(facts, chain, ended.at, effect))
      .map(({ key }) => ({
        rule: "transition-without-result",
        what: `${name} was settled as applied, and ${key} is nowhere`,
      }));
  });
}

/**
 * Whether a person had moved the chain back by then, behind an attempt whose agent ran: what that published is there for
 * the older attempt as well, which goes by the branch.
 */
function isOfForgottenAttempt(
  { history }: Facts,
  { heads }: ChainStory,
  by: number,
  { kind, key }: DeclaredEffect,
) {
  const generation = key.replace(/\d+$/, "");
  return (
    kind === "agent.run" &&
    heads.some((head) => head.byPerson && head.at <= by) &&
    history.landed().some((one) => one.at <= by && one.key.replace(/\d+$/, "") === generation)
  );
}

/** Whether the engine had not called that attempt of the run over by then. */
function isAtWork({ sandbox, stage }: Facts, { run }: Declared, by: number): boolean {
  if (!run) return false;
  const attempt = sandbox.engine?.attempt(stage.repository.id, run.id, run.attempt);
  return attempt !== undefined && (attempt.status !== "completed" || attempt.updatedAt > by);
}

/** By then, in the log of what landed; whoever did it. */
function isThere({ sandbox, history }: Facts, by: number, effect: DeclaredEffect): boolean {
  const pulls = [...sandbox.world.pulls.values()].filter((one) => one.headRef === effect.branch);
  const landed = history.landed().filter((one) => one.at <= by && one.kind === effect.kind);
  switch (effect.kind) {
    case "review.request":
      // Who was asked, or has given a review before anybody asked.
      return (
        landed.some((one) =>
          pulls.some((pull) => one.key.startsWith(`review.request:pull/${pull.number}@`)),
        ) ||
        [...sandbox.world.reviews.values()].some((one) => pulls.some((pull) => pull.id === one.pullId)) ||
        pulls.some((pull) => pull.merged || sandbox.world.issues.get(pull.issueId)?.state === "closed")
      );
    case "issue.create":
      return [...sandbox.world.issues.values()].some(
        (one) =>
          one.repositoryId === effect.repository && one.createdAt <= by && routedIn(one)?.key === effect.key,
      );
    case "branch.push": {
      // Whoever moved it away from that head: what this round was to push can land no more.
      const moves = history.refs.filter(
        (move) => move.ref === `refs/heads/${effect.branch}` && move.at <= by,
      );
      const since = moves.findLastIndex((move) => move.after === effect.head);
      return moves.slice(since + 1).length > 0 || pulls.length === 0;
    }
    case "branch.update": {
      const number = Number(/pull\/(\d+)@/.exec(effect.key)?.[1]);
      const pull = [...sandbox.world.pulls.values()].find((one) => one.number === number);
      // As of a push.
      const moves = history.refs.filter(
        (move) => move.ref === `refs/heads/${pull?.headRef}` && move.at <= by,
      );
      const since = moves.findLastIndex((move) => move.after === effect.head);
      return moves.slice(since + 1).length > 0 || pull?.merged === true;
    }
    case "merge": {
      const number = Number(/pull\/(\d+)@/.exec(effect.key)?.[1]);
      return [...sandbox.world.pulls.values()].some((one) => one.number === number && one.merged);
    }
    case "pull.close": {
      const number = Number(/pull\/(\d+)/.exec(effect.key)?.[1]);
      const pull = [...sandbox.world.pulls.values()].find((one) => one.number === number);
      return landed.some((one) => effect.key.startsWith(`${one.key}#g`)) || pull?.merged === true;
    }
    default:
      return landed.some((one) => one.key === effect.key || effect.key.startsWith(`${one.key}#g`));
  }
}
