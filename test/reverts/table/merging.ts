/** What GitHub has to say of a head before it is merged, and what becomes of it by others. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const GATE = "test/policy/merge-gate.test.ts";
const GATE_UPDATE = "test/policy/gate-update.test.ts";
const UPDATE = "test/core/decide-update.test.ts";
const UPDATED =
  "the head has moved: settled as applied, alone, as no merge, and the new head is judged from the start";
const READ = "test/policy/read-gate.test.ts";
const HELD =
  "25: whoever sets a hold while the gate is read stops the merge, on the issue or on the pull request";
const GRADUATION = "test/policy/graduation.test.ts";
const RECORDINGS = "test/webhooks/recordings.test.ts";
const WAITS = "waits, and says for what";
const UNDER_WAY = "src/policy/gate/under-way.ts";
const MERGES = "test/policy/merges-under-way.test.ts";
const SEEN = "another issue's merge into the same base, declared before, as long as its pull request is open";

const LABELS_TRAVEL =
  "26: an issue that is transferred with its labels: they are taken off where nobody has asked, and nothing begins";

export const MERGED: Readonly<Record<string, Revert>> = {
  "no-merge-in-quiet-hours": {
    scenarios: [32],
    guard: "In quiet hours the gate is closed: a merge whose run starts late is not sent.",
    cuts: [cut("src/policy/gate/conditions.ts", "  isNotQuiet,\n  isAlone,", "  isAlone,")],
    tests: [
      noticed(GATE, `quiet hours, by GitHub's clock: ${WAITS}`),
      noticed(
        "test/loop/quiet-hours.test.ts",
        "32: a merge whose run starts when quiet hours have begun is not sent; it comes at their end",
      ),
    ],
  },
  "a-gate-that-was-read-long-ago-is-read-anew": {
    scenarios: [25],
    guard: "What a limit or a pause kept from being sent is not merged by what the gate said before.",
    cuts: [
      cut(
        "src/barrier/perform.ts",
        "(handler.staleAfter ?? Number.POSITIVE_INFINITY)",
        "Number.POSITIVE_INFINITY",
      ),
    ],
    tests: [
      noticed(
        "test/barrier/units/perform.test.ts",
        "behind a limit that was waited out it is judged anew, and one that says no sends nothing",
      ),
      noticed(
        "test/barrier/units/perform.test.ts",
        "merge: its gate is read anew where it was read over two minutes before it is sent",
      ),
      noticed(
        "test/barrier/units/perform.test.ts",
        "merge.enqueue: its gate is read anew where it was read over two minutes before it is sent",
      ),
    ],
  },
  "people-may-merge-in-quiet-hours": {
    scenarios: [32],
    guard: "Where Cairn's check run is required, quiet hours keep no person from merging.",
    cuts: [cut("src/core/verdict.ts", '  "quiet-hours",\n', "")],
    tests: [
      noticed(
        "test/core/verdict.test.ts",
        "what holds and is left to others, or to another hour, is a success as well: quiet-hours",
      ),
    ],
  },
  "only-a-trial-s-verdicts-are-predictions": {
    scenarios: [25],
    guard: "What was said before the trial counts neither for nor against letting Cairn merge.",
    cuts: [cut("src/policy/graduation.ts", " || !isOfTrial(pull.verdict.says)", "")],
    tests: [
      noticed(
        GRADUATION,
        "what was said before the trial counts neither for nor against, whatever people did",
      ),
    ],
  },
  "who-does-not-know-of-a-trial-calls-nothing-off": {
    scenarios: [25],
    guard: "A process that has not read the configuration yet does not unsay what was said in a trial.",
    cuts: [cut("src/core/verdict.ts", "(trial === undefined && shown ===", "(trial === null && shown ===")],
    tests: [
      noticed(
        "test/core/verdict.test.ts",
        "in a trial it says so at its end, and is no other verdict by that",
      ),
    ],
  },
  "a-revert-of-the-work-s-own-commit-counts": {
    scenarios: [25],
    guard: "Behind a merge commit, a revert of the work's own commit speaks against letting Cairn merge.",
    cuts: [cut("src/policy/graduation.ts", " || isNamed(headSha)", "")],
    tests: [
      noticed(
        "test/cli/graduation.test.ts",
        "three alike offer the change as a diff; a revert takes the offer back",
      ),
    ],
  },
  "what-is-offered-says-what-was-meant": {
    scenarios: [25],
    guard: "No change is offered that alters what anything but `merge` says.",
    cuts: [
      cut(
        "src/policy/config/edit.ts",
        "return digestOf(after.config) === wanted ? changed : null;",
        "return wanted ? changed : null;",
      ),
    ],
    tests: [
      noticed("test/policy/config-edit.test.ts", "an anchor that others lean on: no change is offered"),
    ],
  },
  "one-merge-into-a-base": {
    scenarios: [25],
    guard: "No merge is declared while another into the same base is under way.",
    cuts: [cut("src/policy/gate/conditions.ts", "  isAlone,\n];", "];")],
    tests: [noticed(GATE, `another merge into the base: ${WAITS}`)],
  },
  "the-merge-that-was-declared-first-goes-first": {
    scenarios: [25],
    guard: "Of two merges that were declared at once only the later one steps back.",
    cuts: [cut(UNDER_WAY, "if (intent !== undefined && id > intent) continue;", "")],
    tests: [noticed(MERGES, SEEN)],
  },
  "a-merge-is-under-way-by-its-chain": {
    scenarios: [25],
    guard: "A merge is under way where the chain's open edge is the one that its marker declares.",
    cuts: [cut(UNDER_WAY, " && chain.state.open?.digest === digest", "")],
    tests: [noticed(MERGES, "what is open on its chain now counts, not what was declared once")],
  },
  "a-merge-that-is-over-is-not-under-way": {
    scenarios: [25],
    guard: "Whoever waits for a merge waits no more when its pull request is merged or closed.",
    cuts: [cut(UNDER_WAY, 'if ((await site.reads.pull(pull))?.value.state !== "open") return false;', "")],
    tests: [noticed(MERGES, SEEN)],
  },
  "a-head-is-not-merged-for-ever": {
    scenarios: [25],
    guard: "Of one head no more than five merges are declared that come to nothing.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        "if (evidence.length >= MERGES_OF_A_HEAD)",
        "if (evidence.length >= 1_000 * MERGES_OF_A_HEAD)",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-unmerged.test.ts",
        "25: a head that is asked to be merged five times, and never is, is held with each end; before that the gate is asked",
      ),
    ],
  },
  "a-merge-is-under-way-as-long-as-it-may-land": {
    scenarios: [25],
    guard: "A declared merge is looked for as long as a run may wait for a machine.",
    cuts: [cut(UNDER_WAY, "const WINDOW = LONGEST_INTENT + 3_600_000;", "const WINDOW = 600_000;")],
    tests: [noticed(MERGES, SEEN)],
  },
  "a-rebased-merge-is-read-back": {
    scenarios: [25],
    guard: "What GitHub has rebased has the tree that was tested.",
    cuts: [
      cut(
        "src/effects/merge-read-back.ts",
        "if (tree === undefined || tree === commit.tree) return undefined;",
        'if (tree === undefined || tree === commit.tree || effect.method === "rebase") return undefined;',
      ),
    ],
    tests: [
      noticed(
        "test/effects/merge.test.ts",
        "25: what was rebased has the tree that was tested; on another base, or by somebody else, nobody can compare",
      ),
    ],
  },
  "a-rebased-merge-is-known-by-its-tree": {
    scenarios: [7],
    guard:
      "A commit of the base is the rebased head where its tree is the head's, not where only its words are.",
    cuts: [cut("src/effects/merge.ts", "tree === tip?.tree && ", "tree !== undefined && ")],
    tests: [
      noticed(
        "test/effects/merge.test.ts",
        "7: what was rebased carries no key: the base's commit with the head's message and tree is found, and no other",
      ),
    ],
  },
  "each-head-enters-a-queue-once": {
    scenarios: [25],
    guard: "What a merge queue has put out is not put in again by Cairn.",
    cuts: [
      cut(
        "src/policy/gate/queue.ts",
        'if (queued !== headSha) return holds("it has not");',
        'return holds("it has not");',
      ),
    ],
    tests: [noticed(GATE, `a merge queue that has put this head out: ${WAITS}`)],
  },
  "what-is-in-a-queue-has-not-landed": {
    scenarios: [13],
    guard: "Whoever gives up what is in a merge queue is obeyed by taking it out.",
    cuts: [cut("src/core/merge-queue.ts", 'if (act) return { kind: "dequeue", pull: effect.pull };', "")],
    tests: [
      noticed(
        "test/core/decide-merge-queue.test.ts",
        "whoever acts is obeyed by taking it out first: fenced, taken out, settled, and then what was asked for",
      ),
    ],
  },
  "an-edge-stays-open-while-it-is-in-a-queue": {
    scenarios: [25],
    guard: "The edge that has entered a merge queue is not settled while it is there.",
    cuts: [cut("src/core/decide-claimed.ts", "if (queued) return queued;", "")],
    tests: [
      noticed(
        "test/core/decide-merge-queue.test.ts",
        "while its run lives nothing is asked of the queue; behind it the queue is, and waited for",
      ),
    ],
  },
  "a-merge-is-read-back-behind-a-dead-run": {
    scenarios: [25],
    guard: "A merge whose run ended without a word is read back by the app.",
    cuts: [
      cut(
        "src/core/decide-merged.ts",
        "const unread = isUnsaid ? readBackOf(snapshot, chain, open, landed) : undefined;",
        "const unread = isUnsaid ? undefined : readBackOf(snapshot, chain, open, landed);",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-merged.test.ts",
        "25: behind an owner that ended without a word it is read back, once, and a merge of something else is a hold",
      ),
    ],
  },
  "a-squash-is-compared-without-its-trial": {
    scenarios: [25],
    guard:
      "A squashed head that contains its base is compared by its own tree, where nobody knows the trial merge any more.",
    cuts: [
      cut(
        "src/effects/merge-read-back.ts",
        "return (await site.commits.get(site.reads, head))?.tree;",
        "return undefined;",
      ),
    ],
    tests: [
      noticed(
        "test/effects/merge.test.ts",
        "25: a squash without a trial merge is compared with a head that contains its base, and with no other; a merge that does not show is looked for four times",
      ),
    ],
  },
  "an-update-is-no-merge": {
    scenarios: [25],
    guard:
      "A head that was brought up to date counts as merged by nobody: what people close then is no try that came to its end.",
    cuts: [cut("src/core/chain.ts", "!again && !queued && !updates", "!again && !queued")],
    tests: [noticed(UPDATE, UPDATED)],
  },
  "an-update-is-settled-alone": {
    scenarios: [25],
    guard:
      "The gate judges the head that an update has made: what it said of the one before declares nothing.",
    cuts: [cut("src/core/decide-claimed.ts", "entersQueue(open) || updatesHead(open)", "entersQueue(open)")],
    tests: [noticed(UPDATE, UPDATED)],
  },
  "an-update-by-people-ends-no-owner": {
    scenarios: [7],
    guard: "That the head has moved does not tell that the owner's own update has ended.",
    cuts: [cut("src/core/decide-claimed.ts", '  "branch.update",\n', "")],
    tests: [
      noticed(
        UPDATE,
        "an update whose answer got lost is looked for behind the fence, and never declared as landed by another's word",
      ),
    ],
  },
  "a-closed-issue-is-not-updated": {
    scenarios: [26],
    guard: "Whoever closes the issue stops an update that has not landed.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        '(open.edge !== "merge" || updatesHead(open))',
        'open.edge !== "merge"',
      ),
    ],
    tests: [noticed(UPDATE, "whoever acts, or closes the issue, is obeyed before it lands")],
  },
  "an-update-comes-last": {
    scenarios: [25],
    guard: "A head is brought up to date only where nothing else is missing for its merge.",
    cuts: [
      cut(
        "src/policy/gate/judge.ts",
        "behind = condition === isUpToDate && updatesBase(facts);",
        "behind ||= condition === isUpToDate && updatesBase(facts);",
      ),
    ],
    tests: [
      noticed(GATE_UPDATE, "a hold comes before it: no update"),
      noticed(GATE_UPDATE, "quiet hours comes before it: no update"),
    ],
  },
  "updates-are-bounded": {
    scenarios: [25],
    guard: "A busy base does not have people review updated heads for ever.",
    cuts: [cut("src/policy/gate/base.ts", " && updated < MOST_UPDATES;", ";")],
    tests: [
      noticed(
        GATE_UPDATE,
        "after ten updates of a generation people choose, and are told how often it was done",
      ),
    ],
  },
  "an-update-undoes-no-override": {
    scenarios: [25],
    guard: "A head for which two people have set conditions aside is theirs to bring up to date.",
    cuts: [cut("src/policy/gate/read.ts", ' && view.kind !== "update") return view;', ") return view;")],
    tests: [
      noticed(
        "test/policy/read-gate-update.test.ts",
        "a head that lacks the base's newest commit is updated, unless two people have set conditions aside for it",
      ),
    ],
  },
  "an-update-is-judged-as-one": {
    scenarios: [25],
    guard: "The run that updates judges the head once more: what was held meanwhile is not updated.",
    cuts: [
      cut(
        "action/merge.ts",
        "  const material = async () => void (await passGate(work, effect));\n",
        "  const material = async () => undefined;\n",
      ),
    ],
    tests: [
      noticed(
        "test/loop/update.test.ts",
        "25: who holds the pull request when the update is declared stops it",
      ),
    ],
  },
  "what-the-queue-puts-out-is-settled-alone": {
    scenarios: [25],
    guard:
      "The gate judges a head that the merge queue has put out only once the chain says that it was in there.",
    cuts: [cut("src/core/decide-claimed.ts", "entersQueue(open) || updatesHead(open)", "updatesHead(open)")],
    tests: [
      noticed(
        "test/core/decide-merge-queue.test.ts",
        "put out again: settled as what had entered, alone, as the gate has not heard of that yet",
      ),
    ],
  },
  "an-entry-by-people-ends-no-owner": {
    scenarios: [7],
    guard: "That it is in the queue does not tell that the owner's own request has ended.",
    cuts: [cut("src/core/decide-claimed.ts", '  "branch.push",\n  "merge.enqueue",\n', '  "branch.push",\n')],
    tests: [
      noticed(
        "test/core/decide-merge-queue.test.ts",
        "where the owner does not know, what people put in is no sign that its own request has ended",
      ),
    ],
  },
  "an-entry-by-others-is-no-trace": {
    scenarios: [7],
    guard: "Where the answer was lost, an entry that somebody else made is not taken for the own one.",
    cuts: [
      cut(
        "src/effects/merge-enqueue.ts",
        'return own ? found : { kind: "absent" };',
        "return own || found ? found : found;",
      ),
    ],
    tests: [
      noticed(
        "test/effects/handlers.test.ts",
        "merge.enqueue: found is this head in the queue, or merged, whoever put it in; its own trace the app's alone",
      ),
    ],
  },
  "an-approval-is-of-this-head": {
    scenarios: [25],
    guard: "An approval counts for the head that it was given to.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (review.commitId !== pull.headSha) return "it is of an older head";',
        "",
      ),
      cut(
        "src/policy/gate/reviews.ts",
        "if (!words.some((review) => review.commitId === pull.headSha)) {",
        "if (words.length === 0) {",
      ),
    ],
    tests: [noticed(GATE, `an approval of an older head: ${WAITS}`)],
  },
  "an-approval-is-a-persons": {
    scenarios: [25],
    guard: "A bot approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "return isListed(author.login, config) ? null :",
        "return isListed(author.login, config) || author.login ? null :",
      ),
    ],
    tests: [noticed(GATE, `an approval by a bot: ${WAITS}`)],
  },
  "an-approval-is-not-the-authors": {
    scenarios: [25],
    guard: "The pull request's author approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (author.id === pull.author.id) return "the pull request\'s author approves nothing";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by the author: ${WAITS}`)],
  },
  "an-approval-is-not-a-committers": {
    scenarios: [25],
    guard: "Whoever has committed to the head approves nothing.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (made.has(author.id)) return "whoever has committed approves nothing";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by somebody who has committed: ${WAITS}`)],
  },
  "an-approval-needs-the-right": {
    scenarios: [25],
    guard: "An approval is by somebody with write access.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'if (!mayWrite(permissions.get(author.login) ?? "none")) return "that needs write access";',
        "",
      ),
    ],
    tests: [noticed(GATE, `an approval by somebody without the right: ${WAITS}`)],
  },
  "the-last-word-counts": {
    scenarios: [25],
    guard: "Of each person the last word counts: a dismissed approval is none.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        'review.state !== "COMMENTED" && review.state !== "PENDING"',
        'review.state !== "COMMENTED" && review.state !== "PENDING" && review.state !== "DISMISSED"',
      ),
    ],
    tests: [noticed(GATE, `a dismissed approval: ${WAITS}`)],
  },
  "green-is-success": {
    scenarios: [25],
    guard: "A required check that ended in anything but success stops the merge.",
    cuts: [cut("src/policy/gate/checks.ts", 'return "failed";', 'return "green";')],
    tests: [noticed(GATE, "a failed check: refused")],
  },
  "a-check-that-was-stopped-is-no-finding": {
    scenarios: [25],
    guard:
      "A check that ended without a word about the work is waited for, and sends no agent to mend what nobody found.",
    cuts: [cut("src/policy/gate/checks.ts", '["cancelled", "action_required", "stale"]', "[]")],
    tests: [
      noticed(GATE, `a required check that ended as cancelled: ${WAITS}`),
      noticed(GATE, `a required check that ended as action_required: ${WAITS}`),
      noticed(GATE, `a required check that ended as stale: ${WAITS}`),
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: a required check that was cancelled waits for somebody to run it again, and no agent is sent",
      ),
    ],
  },
  "required-is-required": {
    scenarios: [25],
    guard: "A required check that nobody has reported is waited for.",
    cuts: [
      cut(
        "src/policy/gate/checks.ts",
        'standing !== "green");',
        '!["green", "pending", "expected"].includes(standing));',
      ),
    ],
    tests: [
      noticed(GATE, `a pending check: ${WAITS}`),
      noticed(GATE, `a check that nobody reported: ${WAITS}`),
    ],
  },
  "its-own-check-never-counts": {
    scenarios: [25],
    guard: "What Cairn itself reports is no check: it would wait for itself, or let itself through.",
    cuts: [
      cut(
        "src/policy/gate/checks.ts",
        "const others = reported.filter((check) => check.appId !== appId);",
        "const others = reported;",
      ),
    ],
    tests: [noticed(GATE, `a check that only Cairn itself has reported: ${WAITS}`)],
  },
  "a-persons-commit-needs-a-person": {
    scenarios: [25],
    guard: "Behind a commit that Cairn did not make, a person who has not committed has approved the head.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "commit.verified && commit.authorId === botId",
        "commit.sha !== String(botId)",
      ),
    ],
    tests: [
      noticed(GATE, `a commit by a person, approved by a bot alone: ${WAITS}`),
      noticed(GATE, `a commit in the app's name that GitHub did not make: ${WAITS}`),
    ],
  },
  "a-name-that-was-typed-proves-nothing": {
    scenarios: [25],
    guard: "Who has made a commit that GitHub has not verified nobody knows: no approval counts behind it.",
    cuts: [
      cut(
        "src/policy/gate/reviews.ts",
        "verified && authorId !== null && committerId !== null",
        "authorId !== null && committerId !== null",
      ),
    ],
    tests: [
      noticed(
        GATE,
        `a commit in a person's name that GitHub has not verified, approved by another: ${WAITS}`,
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: whoever pushes under somebody else's name and approves that is not merged by Cairn",
      ),
    ],
  },
  "rules-that-github-has-not-looked-at": {
    scenarios: [25],
    guard:
      "While GitHub has not computed what the rules of the base say, nothing is merged, whatever it says of conflicts.",
    cuts: [
      cut(
        "src/policy/gate/pull.ts",
        'pull.mergeable === null || state === null || state === "unknown"',
        "pull.mergeable === null || state === null",
      ),
    ],
    tests: [noticed(GATE, `no conflict, and rules that GitHub has not looked at yet: ${WAITS}`)],
  },
  "a-base-that-is-to-be-tested": {
    scenarios: [25],
    guard: "Where the configuration wants the base tested, a head without its newest commit is not merged.",
    cuts: [
      cut(
        "src/policy/gate/base.ts",
        'return onTip ? holds("it is up to date") : moved;',
        'return holds("");',
      ),
    ],
    tests: [
      noticed(GATE, `a base that has moved on, where the configuration wants it tested: ${WAITS}`),
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: where the configuration wants the base tested, a head that lacks its newest commit waits for people to bring it up to date",
      ),
    ],
  },
  "what-one-field-calls-a-conflict": {
    scenarios: [25],
    guard: "Where GitHub's fields do not fit together, the one that says no counts until they do.",
    cuts: [cut("src/policy/gate/pull.ts", "if (isAtOdds(pull))", NEVER)],
    tests: [
      noticed(GATE, `a conflict that one field alone shows: ${WAITS}`),
      noticed(GATE, `a draft that one field alone shows: ${WAITS}`),
    ],
  },
  "reserved-paths-need-a-person": {
    scenarios: [25],
    guard: "A reserved path is merged behind a person's approval of this very head.",
    cuts: [
      cut(
        "src/policy/gate/pull.ts",
        "isReserved(one, usable(config).reservedPaths)",
        "isReserved(one, []) && usable(config) === undefined",
      ),
    ],
    tests: [noticed(GATE, `a reserved path, approved by a bot alone: ${WAITS}`)],
  },
  "who-holds-is-asked-last": {
    scenarios: [25],
    guard: "A hold that somebody sets while the gate is read still counts.",
    cuts: [cut("src/policy/gate/issue.ts", "if (issue.labels.includes(HOLD))", NEVER)],
    tests: [noticed(GATE, `an issue that is held: ${WAITS}`)],
  },
  "all-else-is-read-before-the-issue": {
    scenarios: [25],
    guard: "What is told behind a hold is read before it: the issue is the last that is read.",
    cuts: [
      cut(
        "src/policy/gate/judge.ts",
        'if (others.kind === "look") return others;',
        "if (others) return judged;",
      ),
    ],
    tests: [noticed(GATE, "only what is needed is asked for, the issue last"), noticed(READ, HELD)],
  },
  "the-base-is-read-behind-other-merges": {
    scenarios: [25],
    guard:
      "A merge that is seen to be over has moved the base that is read behind it: it is not merged past.",
    cuts: [cut("src/policy/gate/judge.ts", "{ onTip: true, issue: UNHELD }, ", "")],
    tests: [noticed(GATE, "only what is needed is asked for, the issue last")],
  },
  "heads-are-brought-up-to-date": {
    scenarios: [25],
    guard:
      "What the configuration leaves out is not merged untested: a head has the newest commit of its base.",
    cuts: [cut("src/policy/config/schema.ts", '.default("update")', '.default("accept")')],
    tests: [
      noticed(
        GATE_UPDATE,
        "a head that lacks the base's newest commit, and nothing else, is updated; the people who approved it are named",
      ),
    ],
  },
  "a-hold-on-the-pull-request-is-asked-last": {
    scenarios: [25],
    guard: "Whoever is about to merge reads the pull request's labels once more, behind all else.",
    cuts: [cut("src/policy/gate/issue.ts", "if (issue.pullLabels?.includes(HOLD))", NEVER)],
    tests: [
      noticed(GATE, `a pull request that was held while the rest was read: ${WAITS}`),
      noticed(READ, HELD),
    ],
  },
  "a-hold-set-while-dependencies-are-read": {
    scenarios: [25],
    guard: "Where what the issue depends on had to be read, the issue is read again behind that.",
    cuts: [
      cut(
        "src/policy/gate/read.ts",
        "took && blockers.length === 0 ? await read() : first",
        "took && first.number < 0 ? await read() : first",
      ),
    ],
    tests: [noticed(READ, HELD)],
  },
  "a-merge-is-of-one-head": {
    scenarios: [25],
    guard:
      "A merge is of the head of its intent: the run asks the gate again for it, and GitHub is told which it is.",
    cuts: [
      cut("action/merge.ts", "    before = await passGate(work, effect);\n", ""),
      cut("src/github/writes.ts", "          sha: head,\n          merge_method", "          merge_method"),
    ],
    tests: [
      noticed(
        "test/action/bundled.test.ts",
        "25: a head that moved since the intent is not merged, and the gate is asked again",
      ),
    ],
  },
  "github-is-told-the-head": {
    scenarios: [25],
    guard:
      "A head that moves behind the gate's last look is not merged: the merge names the one that was judged.",
    cuts: [
      cut("src/github/writes.ts", "          sha: head,\n          merge_method", "          merge_method"),
    ],
    tests: [
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: a head that moves behind the gate's last look: GitHub refuses the merge, and the gate is asked again",
      ),
    ],
  },
  "an-archived-repository-is-left-alone": {
    scenarios: [26],
    guard:
      "Of an archived repository no issue is looked at: nothing is written there, and GitHub is not asked to.",
    cuts: [cut("src/app/app.ts", "if (repository.archived) return governor.release(key);\n", "")],
    tests: [
      noticed(
        "test/loop/moved.test.ts",
        "26: the repository is archived: nothing lands until somebody takes that back, and then the work goes on",
      ),
    ],
  },
  "the-nearest-is-shown": {
    scenarios: [25],
    guard: "The head shows what the gate says, over what it showed before.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        "(shown && isShown(shown.says, verdict.says, trial))",
        "shown !== null",
      ),
    ],
    tests: [
      noticed(
        "test/loop/merge-gate.test.ts",
        "25: the base moves, the check turns red, the approval is dismissed, older, the author's, a bot's: each is named, none merged",
      ),
    ],
  },
  "a-try-stays-a-try": {
    scenarios: [27],
    guard: "What was a try when work was first declared stays one, whatever its title is edited to.",
    cuts: [cut("src/core/chain.ts", "    ...(step.synthetic ? { synthetic: true } : {}),\n", "")],
    tests: [
      noticed(
        "test/core/decide-review.test.ts",
        "27: a try by its title when the work was asked for is never merged, whatever the gate was told since",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "27: a try is closed and never merged, however its title is edited, and whatever the policy",
      ),
    ],
  },
  "a-try-is-asked-about-before-the-policy": {
    scenarios: [27],
    guard:
      "Whether the issue is a try is asked before what the configuration says of merges: its close is no merge.",
    cuts: [
      cut(
        "src/policy/gate/conditions.ts",
        "  isNoTry,\n  isAllowed,\n  isNoShadow,\n",
        "  isAllowed,\n  isNoShadow,\n  isNoTry,\n",
      ),
    ],
    tests: [
      noticed(
        "test/policy/merge-gate.test.ts",
        "a try, by its title now: everything holds, and it is closed instead, whatever the policy",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "27: a try under `merge: never` is closed and never merged, as under any other policy",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "27: a try under `merge: shadow` is closed and never merged, as under any other policy",
      ),
    ],
  },
  "a-try-is-closed-in-place-of-its-merge": {
    scenarios: [27],
    guard: "What is declared for a try is the close of its pull request, where a merge stands for any other.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        'const isTry = gate.kind !== "open" || chain.synthetic === true;',
        "const isTry = chain.generation < 0;",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide-review.test.ts",
        "27: a try is closed where any other is merged, and the issue with it",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "27: a try under `merge: never` is closed and never merged, as under any other policy",
      ),
    ],
  },
  "an-incident-stays-open": {
    scenarios: [28],
    guard: "An issue with a label that keeps it open is closed neither by a keyword nor by Cairn.",
    cuts: [cut("src/core/marks.ts", "never.some((name) =>", "never.length > 1_000 && never.some((name) =>")],
    tests: [
      noticed(
        "test/loop/merge-gate.test.ts",
        "28: an issue that is labelled as an incident: its pull request is merged, the issue stays open",
      ),
      noticed(
        "test/action/bundled.test.ts",
        "28: an issue that stays open is not closed by its merge: the pull request says so no longer",
      ),
    ],
  },
  "merged-by-anybody-is-done": {
    scenarios: [26],
    guard: "A pull request that is merged is done, whoever merged it.",
    cuts: [cut("src/core/decide-reviewing.ts", "if (done) return merged(snapshot, done);", "")],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > merged by anybody is done; closed by a person is a hold",
      ),
      noticed(RECORDINGS, "merged-by-person"),
    ],
  },
  "closed-by-a-person-is-a-hold": {
    scenarios: [26],
    guard: "Only an open pull request is under review: a closed one is a hold.",
    cuts: [
      cut(
        "src/core/decide-reviewing.ts",
        'const pull = pulls.find((candidate) => candidate.state === "open");',
        "const pull = pulls[0];",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > merged by anybody is done; closed by a person is a hold",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "26: merged, closed, or without its branch by a person, and opened again: each ends in a true state",
      ),
    ],
  },
  "a-closed-issue-stops-its-run": {
    scenarios: [26],
    guard: "The run of an issue that is closed while its agent works is stopped, and publishes nothing.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        'if (!issue.open && (open.edge !== "merge" || updatesHead(open)) && !open.cancel) {',
        `${NEVER} {`,
      ),
    ],
    tests: [
      noticed(
        "test/loop/closing.test.ts",
        "26: the issue is closed while its agent works: the run is stopped, nothing is published, and opened again it begins anew",
      ),
    ],
  },
  "opened-again-is-not-asked-for": {
    scenarios: [26],
    guard:
      "A hold stays one when its pull request is opened again: only an act of somebody who may lifts it.",
    cuts: [
      cut(
        "src/core/decide.ts",
        'if (chain.hold) return show(snapshot, "hold") ?? heldRest(snapshot, chain.hold.reason);',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/loop/closing.test.ts",
        "26: a pull request that a person closed and opened again is not merged before somebody asks anew, and not by its first work",
      ),
    ],
  },
  "markers-do-not-move-with-an-issue": {
    scenarios: [26],
    guard: "What was declared for an issue where it was counts for nothing where it is now.",
    cuts: [
      cut(
        "src/core/ledger.ts",
        'else if (!sameIssue(decoded.marker.issue, issue)) reject("other-issue");\n    ',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/loop/moved.test.ts",
        "26: the issue is transferred: nothing is merged, and nothing begins where it is now before somebody asks there",
      ),
    ],
  },
  "what-was-asked-elsewhere-is-not-asked-here": {
    scenarios: [26],
    guard: "What was asked for before an issue was transferred counts for nothing where it is now.",
    cuts: [
      cut(
        "src/core/acts.ts",
        "if (id < arrival || !isUntaken(event, chain, app)",
        "if (!isUntaken(event, chain, app)",
      ),
    ],
    tests: [
      noticed(
        "test/core/acts.test.ts",
        "what was asked for where the issue was before it was transferred is not asked for here",
      ),
      noticed("test/loop/moved.test.ts", LABELS_TRAVEL),
    ],
  },
  "labels-that-travelled-are-taken-off": {
    scenarios: [26],
    guard: "A state that nobody works on is not shown on an issue that came with its labels.",
    cuts: [cut("src/app/observe/asked.ts", " || arrivalOf(events ?? []) !== undefined,", ",")],
    tests: [noticed("test/loop/moved.test.ts", LABELS_TRAVEL)],
  },
  "a-command-elsewhere-is-none-here": {
    scenarios: [26],
    guard: "A command that was written before an issue was transferred counts for nothing where it is now.",
    cuts: [
      cut(
        "src/app/observe/asked.ts",
        "if (found.length === 0 || state()) return found;",
        "if (found.length >= 0) return found;",
      ),
    ],
    tests: [noticed("test/loop/moved.test.ts", LABELS_TRAVEL)],
  },
  "a-closed-issue-is-not-worked-on": {
    scenarios: [26],
    guard: "An act on a closed issue waits for somebody to open it.",
    cuts: [cut("src/core/moves.ts", "if (!snapshot.issue.open) {", `${NEVER} {`)],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "review and merge > an issue that is closed holds what was under way; an act on a closed one waits for it to be opened",
      ),
      noticed(RECORDINGS, "closed-issue"),
    ],
  },
};
