/** Reviews: whose word counts, and for which head. */
import type { Permission, PullCommitInfo, PullInfo, ReviewInfo } from "../../github/ports.ts";
import { mayWrite } from "../authority.ts";
import type { Config } from "../config/index.ts";
import {
  type Condition,
  type GateFacts,
  holds,
  type Judgement,
  look,
  short,
  unmet,
  usable,
} from "./facts.ts";
import { objectionOf } from "./review-command.ts";

/** The latest approval, request for changes or dismissal of each account, oldest first; comments are no word. */
export function lastWords(reviews: readonly ReviewInfo[]): readonly ReviewInfo[] {
  const words = new Map<number, ReviewInfo>();
  for (const review of reviews) {
    const counts = review.state !== "COMMENTED" && review.state !== "PENDING";
    if (counts && review.author) words.set(review.author.id, review);
  }
  return [...words.values()];
}

/** A commit that GitHub made, and signed, for the app. */
export const isOwn = (commit: PullCommitInfo, botId: number): boolean =>
  commit.verified && commit.authorId === botId;

export interface ApprovalFacts {
  readonly pull: PullInfo;
  readonly commits: readonly PullCommitInfo[];
  readonly permissions: ReadonlyMap<string, Permission>;
  readonly config: Pick<Config, "reviewBots">;
}

const sameLogin = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Whoever lists a bot gives it the right. */
const isListed = (login: string, { reviewBots }: ApprovalFacts["config"]): boolean =>
  reviewBots.some((one) => sameLogin(one, login));

/** Why an approval does not count; `null`: it counts. */
export function flawOf(review: ReviewInfo, facts: ApprovalFacts): string | null {
  const { pull, commits, permissions, config } = facts;
  const { author } = review;
  if (!author) return "its author is gone";
  if (review.commitId !== pull.headSha) return "it is of an older head";
  if (author.id === pull.author.id) return "the pull request's author approves nothing";
  const made = new Set(commits.flatMap((commit) => [commit.authorId, commit.committerId]));
  if (made.has(author.id)) return "whoever has committed approves nothing";
  if (author.type !== "User") {
    return isListed(author.login, config) ? null : "a bot's counts only where `review-bots` lists it";
  }
  if (!mayWrite(permissions.get(author.login) ?? "none")) return "that needs write access";
  return null;
}

/** Approvals of the head that count, or the part that is needed to tell. */
export function approvalsOf(facts: GateFacts): readonly ReviewInfo[] | Extract<Judgement, { kind: "look" }> {
  const { reviews, commits, permissions, config, pull } = facts;
  if (!reviews) return { kind: "look", part: "reviews" };
  if (!commits) return { kind: "look", part: "commits" };
  if (!config) return { kind: "look", part: "config" };
  if (!permissions) return { kind: "look", part: "permissions" };
  const all = { pull, commits, permissions, config: usable(config) };
  return lastWords(reviews).filter((one) => one.state === "APPROVED" && flawOf(one, all) === null);
}

/** `@robin`; whoever is gone is nobody. */
export const loginOf = ({ author }: Pick<ReviewInfo, "author">): string => `@${author?.login ?? "ghost"}`;
export const loginsOf = (reviews: readonly ReviewInfo[]): string => reviews.map(loginOf).join(", ");

/** Where one of these is a person's, a person has seen the head. */
export const byPeople = (reviews: readonly ReviewInfo[]): readonly ReviewInfo[] =>
  reviews.filter((review) => review.author?.type === "User");

export const changesRequested: Condition = {
  code: "changes-requested",
  title: "nobody with write access asks for changes",
  judge(facts) {
    const { reviews, permissions, config, pull } = facts;
    if (!reviews) return look("reviews");
    const objection = objectionOf(facts);
    const against = unmet(objection ?? "", `a head to which the review command has no objection`);
    const asked = lastWords(reviews).filter((review) => review.state === "CHANGES_REQUESTED");
    if (asked.length === 0) return objection === undefined ? holds("nobody does") : against;
    if (!config) return look("config");
    if (!permissions) return look("permissions");
    const counting = asked.filter(({ author }) =>
      author?.type === "User"
        ? mayWrite(permissions.get(author.login) ?? "none")
        : isListed(author?.login ?? "", usable(config)),
    );
    // People can be asked to look again; bots look by themselves.
    const people = byPeople(counting).flatMap(({ author }) => author?.login ?? []);
    const askedBy = people.length === 0 ? {} : { askedBy: people };
    if (objection !== undefined) return { ...against, ...askedBy };
    const by = counting.find(({ commitId }) => commitId === pull.headSha) ?? counting[0];
    if (!by) return holds(`${loginsOf(asked)} may not write: it stops nothing`);
    const who = loginOf(by);
    if (by.commitId === pull.headSha)
      return {
        ...unmet(`by ${who} on #${pull.number}`, `${who} to approve, or to take that back`),
        ...askedBy,
      };
    // Something was pushed since: whether that is what was asked for, only whoever asked can say.
    return {
      ...unmet(`by ${who} on an older head of #${pull.number}`, `${who} to look at ${short(pull.headSha)}`),
      code: "review-again",
    };
  },
};

export const approved: Condition = {
  code: "review-missing",
  title: "this head is approved",
  judge(facts) {
    const { reviews, rules, pull, commits, permissions, config } = facts;
    if (!reviews) return look("reviews");
    const head = short(pull.headSha);
    const wanted = `a review of ${head} by somebody with write access`;
    const words = lastWords(reviews).filter((review) => review.state === "APPROVED");
    if (!words.some((review) => review.commitId === pull.headSha)) {
      const older = words.length === 0 ? "" : `; ${loginsOf(words)} approved an older head`;
      return unmet(`nobody has approved ${head}${older}`, wanted);
    }
    const valid = approvalsOf(facts);
    if ("kind" in valid) return valid;
    if (!rules) return look("rules");
    const needed = Math.max(1, rules.approvals);
    if (valid.length >= needed) return holds(`by ${loginsOf(valid)}`);
    if (valid.length > 0) {
      return unmet(
        `by ${loginsOf(valid)}: ${valid.length} of ${needed}`,
        `${needed - valid.length} more, each ${wanted}`,
      );
    }
    if (!commits || !permissions || !config) return look("commits");
    const all = { pull, commits, permissions, config: usable(config) };
    const why = words.map((one) => `${loginOf(one)}: ${flawOf(one, all)}`).join("; ");
    return unmet(why, wanted);
  },
};

/** Both sides of a commit that GitHub vouches for: without that, author and committer are what whoever pushed typed. */
const isVouchedFor = ({ verified, authorId, committerId }: PullCommitInfo): boolean =>
  verified && authorId !== null && committerId !== null;

/**
 * Cairn's own commits come from a patch that was verified. Where somebody else has pushed, a person who has not must
 * have seen the head. Who has pushed nobody can tell of a commit that GitHub has not verified, or behind which it knows
 * no account: it could be whoever approved, under another name.
 */
export const commitsKnown: Condition = {
  code: "foreign-commits",
  title: "commits by others are verified, and were approved by a person who made none",
  judge(facts) {
    const { commits, app, pull } = facts;
    if (!commits) return look("commits");
    const others = commits.filter((commit) => !isOwn(commit, app.botId));
    if (others.length === 0) return holds("all commits are Cairn's own");
    const unsure = others.find((commit) => !isVouchedFor(commit));
    if (unsure) {
      const sha = short(unsure.sha);
      return unmet(
        unsure.verified
          ? `GitHub knows no account behind ${sha}: it could be whoever approved`
          : `GitHub has not verified ${sha}: whoever pushed it can have typed any name`,
        `a person to merge #${pull.number}, or ${sha} to be made anew by a known account, with a signature that GitHub verifies`,
      );
    }
    const approvals = approvalsOf(facts);
    if ("kind" in approvals) return approvals;
    const people = byPeople(approvals);
    const by = [...new Set(others.map((commit) => `@${commit.authorLogin ?? "ghost"}`))].join(", ");
    if (people.length > 0) return holds(`commits by ${by}, approved by ${loginsOf(people)}`);
    return unmet(
      `commits by ${by}`,
      `an approval of ${short(pull.headSha)} by a person who has not committed`,
    );
  },
};
