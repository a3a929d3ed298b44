/** Runs that are silent, die, never start, or are run again; and what they publish. */
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const NEVER_STARTS =
  "19: a run that waits for ever, is evicted, or has no workflow: a hold that says so, and no attempt is charged";
const CONCLUDED = "is not published";

export const RUNS = {
  "a-run-that-lives-is-left-alone": {
    scenarios: [16],
    guard:
      "Whether an owner lives is asked of the engine, and one that does keeps its claim however long it is silent.",
    cuts: [
      cut(
        "src/app/observe/runs.ts",
        'if (run.status !== "completed") return { kind: "alive", status: run.status, since: run.startedAt };',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/loop/liveness.test.ts",
        "16: a run that lives is left alone, silent beyond its budget or not to be looked up",
      ),
    ],
  },
  "nobody-can-tell-is-not-over": {
    scenarios: [16],
    guard: "An owner whose run cannot be looked up is not over.",
    cuts: [
      cut(
        "src/core/decide-claimed.ts",
        'if (run.kind !== "over") return alive',
        'if (run.kind === "alive") return alive',
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "with an owner > a run that lives, or of which nobody can tell, is left alone (I9)",
      ),
    ],
  },
  "a-deleted-run-is-over": {
    scenarios: [17],
    guard: "An owner's run that somebody deleted had ended: it is lost, behind the fence, like any other.",
    cuts: [cut("src/app/observe/runs.ts", ': { kind: "gone" };', ': { kind: "cannot-tell", why: "gone" };')],
    tests: [
      noticed(
        "test/loop/liveness.test.ts",
        "17: a run that was lost, and then deleted by somebody, is followed by the next attempt",
      ),
    ],
  },
  "a-run-that-is-listed-was-not-deleted": {
    scenarios: [16],
    guard: "A run that cannot be looked up and still stands in the list of runs is not over.",
    cuts: [cut("src/app/observe/runs.ts", "return isListed ?", "return (false as boolean) ?")],
    tests: [
      noticed(
        "test/loop/liveness.test.ts",
        "16: a run that lives is left alone, silent beyond its budget or not to be looked up",
      ),
    ],
  },
  "attempts-are-counted": {
    scenarios: [17],
    guard: "After as many lost attempts as the configuration allows people are asked.",
    cuts: [cut("src/core/decide-claimed.ts", "if (lost.length >= allowed) {", `${NEVER} {`)],
    tests: [
      noticed("test/core/decide.test.ts", "with an owner > the last attempt ends in a hold, with its run"),
      noticed(
        "test/loop/liveness.test.ts",
        "17: the runner dies in the middle of the agent: a new attempt under a new key; after the last, a hold with the evidence",
      ),
    ],
  },
  "work-is-charged": {
    scenarios: [17],
    guard: "What lost agents worked is charged to their generation: a spent budget is a hold.",
    cuts: [cut("src/core/moves.ts", "if (!done.branch && workedBy(lost) >= config.budget) {", `${NEVER} {`)],
    tests: [
      noticed(
        "test/loop/liveness.test.ts",
        "17: agents that worked as long as they may, and were lost: a hold although attempts are left",
      ),
    ],
  },
  "no-machine-is-a-hold": {
    scenarios: [19],
    guard: "A run that still waits for a machine when the intent expires is a hold that says so.",
    cuts: [
      cut("src/core/decide-unclaimed.ts", "if (alive.length > 0) return neverStarted(chain, alive);", ""),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "from the label to the run > an intent that expires: a run without a machine is a hold, one at its gate is waited for, none is renewed",
      ),
      noticed("test/loop/liveness.test.ts", NEVER_STARTS),
    ],
  },
  "starts-are-counted": {
    scenarios: [19],
    guard: "A run that was started three times in vain is a hold.",
    cuts: [
      cut(
        "src/core/decide-unclaimed.ts",
        "if (starts.length >= settings.starts) return neverStarted(chain, starts);",
        "",
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "from the label to the run > a visible intent wakes a run; one that lives is waited for; three that died are a hold",
      ),
      noticed("test/loop/liveness.test.ts", NEVER_STARTS),
    ],
  },
  "a-refused-start-has-a-reason": {
    scenarios: [19],
    guard: "Where GitHub would not start the workflow its file tells why.",
    cuts: [
      cut(
        "src/app/observe/runs.ts",
        "const flaw = refused ? await workflowFlaw(reader) : undefined;",
        "const flaw: string | undefined = undefined;",
      ),
    ],
    tests: [noticed("test/loop/liveness.test.ts", NEVER_STARTS)],
  },
  "an-attempt-is-its-own-owner": {
    scenarios: [20],
    guard: "The same run in another attempt is somebody else.",
    cuts: [cut("src/core/chain.ts", "a.id === b.id && a.attempt === b.attempt;", "a.id === b.id;")],
    tests: [
      noticed(
        "test/barrier/proof.test.ts",
        "the owner is known by run and attempt, and by its claim being the head",
      ),
      noticed(
        "test/action/owner.test.ts",
        "20: the same run, run anew as a whole, is another owner: neutral, and nothing is written",
      ),
      noticed(
        "test/action/owner.test.ts",
        "20: only the failed jobs run anew, with the gate's outputs: no agent, no token's use, no effect, no result",
      ),
      noticed(
        "test/loop/runs.test.ts",
        "20: a finished run is run again, whole and failed jobs only: no token, no effect, a neutral end",
      ),
    ],
  },
  "the-app-has-started-the-run": {
    scenarios: [20],
    guard: "Only a run that the app itself has started gets a token.",
    cuts: [cut("src/app/exchange.ts", "if (claims.actorId !== trust.botId) {", `${NEVER} {`)],
    tests: [
      noticed(
        "test/loop/runs.test.ts",
        "20: a person dispatches the workflow, and an altered one from another branch: no token, no effect",
      ),
    ],
  },
  "the-run-is-of-the-default-branch": {
    scenarios: [20],
    guard: "Only a run of the workflow on the default branch gets a token.",
    cuts: [cut("src/app/exchange.ts", "if (claims.ref !== branch)\n", `${NEVER}\n`)],
    tests: [
      noticed(
        "test/loop/runs.test.ts",
        "20: a person dispatches the workflow, and an altered one from another branch: no token, no effect",
      ),
    ],
  },
  "what-was-verified-is-published": {
    scenarios: [21],
    guard:
      "The effect job publishes what has the digest that was verified, and GitHub's tree of it is that tree.",
    cuts: [
      cut("action/handover.ts", "if (found !== digest) {", `${NEVER} {`),
      cut("src/effects/commit-patch.ts", "if (tree.sha !== patch.tree) {", `${NEVER} {`),
    ],
    tests: [
      noticed(
        "test/action/bundled.test.ts",
        "21: a verified patch that was replaced on the way is not published, and the result says so",
      ),
      noticed(
        "test/loop/runs.test.ts",
        "21: the verified patch is replaced before it is published: nothing of it is",
      ),
    ],
  },
  "the-agent-gets-the-gates-files": {
    scenarios: [21],
    guard: "The agent's job starts with the very files that the gate has left.",
    cuts: [
      cut("action/handover.ts", "if (digestOf(text, json, findings, input) !== digest) {", `${NEVER} {`),
    ],
    tests: [noticed("test/action/bundled.test.ts", "21: issue files that were replaced start no agent")],
  },
  "a-branch-is-the-apps-own": {
    scenarios: [21],
    guard: "A branch is Cairn's if GitHub signed the commit with its key for the app.",
    cuts: [
      cut(
        "src/effects/published.ts",
        "if (isOwnCommit(site, commit) && carries(commit.message, key)) return sha;",
        "if (commit) return sha;",
      ),
    ],
    tests: [
      noticed(
        "test/action/bundled.test.ts",
        "21: a branch that somebody else pushed beforehand is left alone",
      ),
      noticed(
        "test/loop/runs.test.ts",
        "21: a branch of that name was there before: nothing of theirs is touched",
      ),
    ],
  },
  "the-agent-sees-no-variables": {
    scenarios: [21],
    guard: "The agent gets an environment of its own, with nothing of the job's.",
    cuts: [
      cut(
        "action/command-process.ts",
        "  PATH: path,\n",
        "  ...(process.env as Record<string, string>),\n  PATH: path,\n",
      ),
    ],
    tests: [
      noticed(
        "test/loop/runs.test.ts",
        "21: an agent that looks for tokens finds none, and what it prints is obeyed by nobody",
      ),
    ],
  },
  "what-the-agent-prints-is-obeyed-by-nobody": {
    scenarios: [21],
    guard: "What the agent prints stands between the words that stop workflow commands.",
    cuts: [cut("action/command-process.ts", "  spec.print(`::stop-commands::${word}`);\n", "")],
    tests: [
      noticed(
        "test/action/agent.test.ts",
        "what it prints that looks like a workflow command stands between the words that stop commands",
      ),
    ],
  },
  "an-agent-that-fails-has-failed": {
    scenarios: [21],
    guard: "An agent that does not end with 0 has failed, whatever it has changed.",
    cuts: [
      cut(
        "action/agent-process.ts",
        'if (code !== 0) return failed("agent-failed", `it ended with ${code}`);',
        "",
      ),
    ],
    tests: [
      noticed("test/loop/holds.test.ts", "an agent that fails ends as a hold, and nothing is published"),
    ],
  },
  "reserved-paths": {
    scenarios: [21],
    guard: "A patch touches nothing under `.github`, nor what the configuration reserves.",
    cuts: [cut("src/policy/patch-rules.ts", " ?? judgeReserved(entry, config.reservedPaths)", "")],
    tests: [
      noticed("test/action/patch.test.ts", `a workflow ${CONCLUDED}: reserved-path`),
      noticed("test/loop/holds.test.ts", "a touched workflow file ends as a hold, and nothing is published"),
    ],
  },
  "most-of-the-tree": {
    scenarios: [21],
    guard: "More than half of the tree removed is taken for an accident.",
    cuts: [
      cut(
        "src/policy/patch-rules.ts",
        "if (removed > 1 && removed > filesBefore * MOST_REMOVED) {",
        `${NEVER} {`,
      ),
    ],
    tests: [
      noticed("test/action/patch.test.ts", `more than half of the files removed ${CONCLUDED}: patch-unsafe`),
      noticed("test/loop/holds.test.ts", "most of the tree removed ends as a hold, and nothing is published"),
    ],
  },
  "a-link-stays-inside": {
    scenarios: [21],
    guard: "A symbolic link of a patch points nowhere out of the tree.",
    cuts: [
      cut(
        "src/policy/patch-rules.ts",
        "if (target !== undefined && leaves(path, target)) return",
        `${NEVER} return`,
      ),
    ],
    tests: [noticed("test/action/patch.test.ts", `a link out of the tree ${CONCLUDED}: patch-unsafe`)],
  },
} satisfies Record<string, Revert>;
