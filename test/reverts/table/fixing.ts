/** Rounds of fixing: what each guard keeps from happening. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const CONFLICT = "test/action/conflict.test.ts";
const HANDLERS = "test/effects/handlers.test.ts";
const LOOP = "test/loop/fix.test.ts";
const DECIDED = "test/core/decide-fix.test.ts";

export const FIXING: Readonly<Record<string, Revert>> = {
  "a-round-stands-on-its-head": {
    scenarios: [25],
    guard:
      "A round is pushed onto the head that it mends, never onto an older one that somebody has gone back to.",
    cuts: [cut("action/perform.ts", "    await assertStands(site, effect);\n", "")],
    tests: [
      noticed(
        "test/loop/fix.test.ts",
        "whoever takes one away while the agent mends is not overruled: nothing is pushed, and the gate judges what is there",
      ),
    ],
  },
  "rounds-are-bounded": {
    scenarios: [25],
    guard: "Where the rounds are spent, people are asked.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        " || round > config.fixRounds) return undefined;",
        ") return undefined;",
      ),
    ],
    tests: [
      noticed(
        DECIDED,
        "another head on the pull request is what the round came to; the next begins where that is refused too",
      ),
    ],
  },
  "a-push-by-people-ends-no-round": {
    scenarios: [7],
    guard: "That a head has moved does not tell that the owner's own push has ended.",
    cuts: [cut("src/core/decide-claimed.ts", '  "branch.push",\n', "")],
    tests: [
      noticed(
        DECIDED,
        "what people push looks the same: without the owner's word the round ends behind its fence alone",
      ),
    ],
  },
  "an-older-objection-waits": {
    scenarios: [25],
    guard: "Changes that were asked for on an older head begin no round on the new one.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "    if (by.commitId === pull.headSha)\n",
        '    if (by.state !== "APPROVED")\n',
      ),
    ],
    tests: [
      noticed(
        "test/policy/merge-gate.test.ts",
        "changes that were asked for on an older head wait for whoever asked, and refuse nothing",
      ),
    ],
  },
  "a-conflict-is-judged-on-gits-merge": {
    scenarios: [25],
    guard:
      "Of a round that solves a conflict only what the agent changed of git's own merge counts as its work.",
    cuts: [
      cut(
        "action/conflict.ts",
        "judgedChanges(tree, merge.tree, rules)",
        "judgedChanges(tree, sides.head, rules)",
      ),
    ],
    tests: [
      noticed(
        CONFLICT,
        "rules judge what the agent changed of git's merge, and nothing that the base brought",
      ),
    ],
  },
  "nothing-of-the-base-is-put-back": {
    scenarios: [25],
    guard: "An agent that resets its checkout undoes nothing of what the base changed.",
    cuts: [cut("action/conflict.ts", "if (made.get(path) === ours.get(path))", NEVER)],
    tests: [
      noticed(
        CONFLICT,
        "where all is put back to the head, with the conflict nothing is published: conflict-unsolved",
      ),
    ],
  },
  "no-marker-is-published": {
    scenarios: [25],
    guard: "A file in which git's conflict markers are left is not published.",
    cuts: [cut("action/conflict.ts", "if (left >= 0)", NEVER)],
    tests: [
      noticed(CONFLICT, "where markers are left nothing is published: conflict-unsolved"),
      noticed(
        "test/loop/conflict.test.ts",
        "where the agent leaves git's markers people are asked, and nothing is pushed",
      ),
    ],
  },
  "a-merge-is-of-those-two": {
    scenarios: [25],
    guard: "What is pushed has the parents that the intent names, and no other.",
    cuts: [
      cut(
        "action/perform.ts",
        "if (parents.join() === declared.join() && base === declared.at(-1)) return;",
        "if (declared.length > 0) return;",
      ),
    ],
    tests: [noticed(CONFLICT, "a patch of other commits than the intent's is not pushed")],
  },
  "a-merge-of-ours-hides-nothing": {
    scenarios: [25],
    guard: "A branch whose conflict Cairn has solved is Cairn's still.",
    cuts: [
      cut(
        "src/effects/published.ts",
        "commit.parents.length === 1 || isOwnCommit(site, commit)",
        "commit.parents.length === 1",
      ),
    ],
    tests: [
      noticed(
        "test/effects/published.test.ts",
        "a merge that the app made is followed to the side that the branch is",
      ),
    ],
  },
  "nobody-is-asked-twice-for-a-head": {
    scenarios: [25],
    guard: "Whoever is asked for a review already is not asked again.",
    cuts: [
      cut(
        "src/effects/review-again.ts",
        "reviewers.filter((login) => !asked.has(login.toLowerCase()))",
        "reviewers.filter(() => asked.size < 99)",
      ),
    ],
    tests: [
      noticed(
        HANDLERS,
        "another review: found is whoever is asked now, or has looked at the new head; an older review is no answer",
      ),
      noticed(
        LOOP,
        "whoever asked for changes is not asked where somebody asks first: the round stands, and they are waited for",
      ),
    ],
  },
  "an-older-request-is-no-trace": {
    scenarios: [7],
    guard:
      "That the app asked for a review of an older head does not tell that its request for this one has landed.",
    cuts: [cut("src/effects/review-again.ts", " && createdAt >= head.authorDate", "")],
    tests: [
      noticed(
        HANDLERS,
        "another review: its own trace is what the app asked for since the head was made, and not what it asked for before",
      ),
    ],
  },
  "a-refused-request-undoes-no-round": {
    scenarios: [25],
    guard: "Where GitHub does not take the request for another review, the round is no failure.",
    cuts: [
      cut("action/perform.ts", 'if (end.kind !== "not-sent") return', "if (end.kind !== undefined) return"),
    ],
    tests: [
      noticed(
        LOOP,
        "whoever asked for changes is not asked where GitHub does not take it: the round stands, and they are waited for",
      ),
    ],
  },
  "a-refusal-is-no-moved-head": {
    scenarios: [25],
    guard:
      "Where GitHub refuses a round's push for a reason of its own people are asked, and no further round is spent on it.",
    cuts: [
      cut(
        "action/perform.ts",
        'settle(work, effect, end, moved ? "head-moved" : "publish-refused")',
        'settle(work, effect, end, moved ? "head-moved" : "head-moved")',
      ),
    ],
    tests: [
      noticed(
        "test/loop/conflict.test.ts",
        "a push that GitHub refuses is a hold with its words, and not tried again as if the head had moved",
      ),
    ],
  },
};
