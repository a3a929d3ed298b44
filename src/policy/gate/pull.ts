/** The pull request itself: what it is, and what GitHub says of merging it. */
import type { PullInfo } from "../../github/ports.ts";
import { isReserved } from "../patch-rules.ts";
import { type Condition, holds, look, SOON, short, unknown, unmet, usable } from "./facts.ts";
import { approvalsOf, byPeople, loginsOf } from "./reviews.ts";

export const isOpen: Condition = {
  code: "pull-not-open",
  title: "the pull request is open",
  judge: ({ pull, now }) =>
    pull.state === "open" && !pull.merged
      ? holds(`#${pull.number} is`)
      : unmet(
          pull.merged ? "it is merged" : "it is closed",
          `#${pull.number} to be looked at again`,
          now + SOON,
        ),
};

export const isNoDraft: Condition = {
  code: "pull-draft",
  title: "it is no draft",
  judge: ({ pull }) =>
    pull.draft ? unmet("it is one", `#${pull.number} to leave draft`) : holds("it is ready for review"),
};

export const isInPlace: Condition = {
  code: "pull-moved",
  title: "it goes from this repository into the expected base",
  judge({ pull, base, repository }) {
    if (pull.baseRef !== base)
      return unmet(`it goes into ${pull.baseRef}`, `#${pull.number} to be based on ${base} again`);
    if (pull.headRepositoryId !== repository)
      return unmet("its head is elsewhere", `the head of #${pull.number} to be in this repository`);
    return holds(`${pull.headRef} into ${base}`);
  },
};

export const hasNoConflict: Condition = {
  code: "conflict",
  title: "it does not conflict with its base",
  judge: ({ pull }) =>
    pull.mergeable === false
      ? unmet(`#${pull.number} conflicts with ${pull.baseRef}`, `#${pull.number} to be without conflict`)
      : holds("no conflict is known"),
};

export const headIsListed: Condition = {
  code: "head-unlisted",
  title: "its head is among its own commits",
  judge({ pull, commits, now }) {
    if (!commits) return look("commits");
    if (commits.some(({ sha }) => sha === pull.headSha))
      return holds(`${short(pull.headSha)}, the last of ${commits.length}`);
    return unmet(
      `the list ends with ${short(commits.at(-1)?.sha ?? "nothing")}`,
      `GitHub to list ${short(pull.headSha)} among the commits of #${pull.number}`,
      now + SOON,
    );
  },
};

/** Exactly as it is written: what two people lift is what both of them have read. */
const isLifted = (path: string, lifted: readonly string[]): boolean =>
  lifted.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one));

/** What a person has approved at this very head is that person's to have let through. */
export const pathsApproved: Condition = {
  code: "reserved-unapproved",
  title: "no reserved path without a person's approval",
  judge(facts) {
    const { config, files, pull, lifted = [] } = facts;
    const approvals = approvalsOf(facts);
    if ("kind" in approvals) return approvals;
    const people = byPeople(approvals);
    if (people.length > 0) return holds(`approved by ${loginsOf(people)}`);
    if (!config) return look("config");
    if (!files) return look("files");
    const wanted = `an approval of ${short(pull.headSha)} by a person`;
    if (pull.changedFiles !== null && files.files < pull.changedFiles)
      return unknown(`GitHub lists ${files.files} of ${pull.changedFiles} files`, wanted);
    const reserved = files.paths.filter((one) => isReserved(one, usable(config).reservedPaths));
    const [path] = reserved.filter((one) => !isLifted(one, lifted));
    if (path !== undefined) return unmet(`${path} is reserved`, wanted);
    return holds(
      reserved.length === 0 ? "no path is reserved" : `two people have lifted ${reserved.join(", ")}`,
    );
  },
};

/** GitHub's one word for it says no, and the field that should say the same says otherwise: they are of two times. */
const isAtOdds = ({ mergeable, mergeableState, draft }: PullInfo): boolean =>
  (mergeableState === "dirty" && mergeable === true) || (mergeableState === "draft" && !draft);

/** `mergeable` alone tells of conflicts; the rules of the base are in `mergeable_state`, which GitHub may compute later. */
export const isComputed: Condition = {
  code: "mergeable-unknown",
  title: "GitHub knows that it can be merged",
  judge({ pull, now }) {
    const state = pull.mergeableState;
    if (pull.mergeable === null || state === null || state === "unknown")
      return unknown("not computed yet", "GitHub to compute whether it can be merged", now + SOON);
    if (isAtOdds(pull))
      return unmet(
        `GitHub calls it ${state}, and shows no reason for that yet`,
        `GitHub to say no longer that #${pull.number} is ${state}, or to show why`,
        now + SOON,
      );
    return holds(pull.mergeable ? "it can be merged" : "it cannot");
  },
};
