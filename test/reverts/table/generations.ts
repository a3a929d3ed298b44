/** One generation after the other, the fence between them, and chains that people have harmed. */
import { GUARDS } from "../../../src/simulation/without.ts";
import { cut, NEVER, noticed, type Revert } from "../revert.ts";

const HARMED = "by a person: a hold, said once, and no effect";
const OWNED =
  "15: the chain is moved back from a claim while its owner works: the agent does not run twice, nor where its run is started again";

export const GENERATIONS = {
  "a-finished-issue-that-is-opened-again-begins-anew": {
    scenarios: [26],
    guard: "Whoever may ask for work asks for the next generation by opening a finished issue again.",
    cuts: [cut("src/core/decide.ts", "withReopening(edited, state)", "edited")],
    tests: [
      noticed(
        "test/core/reopening.test.ts",
        "who did it is asked for, and it raises the next generation like any act",
      ),
      noticed(
        "test/loop/merge-gate.test.ts",
        "26: merged, closed, or without its branch by a person, and opened again: each ends in a true state",
      ),
    ],
  },
  "what-is-opened-again-before-its-end-is-the-same-work": {
    scenarios: [26],
    guard:
      "An issue that was closed and opened again while the work was under way begins nothing anew once that is done.",
    cuts: [cut("src/core/reopening.ts", "at <= end || ", "")],
    tests: [
      noticed(
        "test/core/reopening.test.ts",
        "by somebody without the right, by an account that is gone, before the end, or taken already: it is done still",
      ),
    ],
  },
  "an-act-cancels-first": {
    scenarios: [12],
    guard: "While a run owns the work a new act cancels it, and nothing else.",
    cuts: [cut("src/core/decide-claimed.ts", "if (act && !open.cancel)", NEVER)],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "with an owner > a new act cancels first, and the next generation waits for the settlement (I8)",
      ),
      noticed(
        "test/loop/generations.test.ts",
        "12: a new generation while a run works: cancelled, settled, then the new one; the old agent lands nothing",
      ),
    ],
  },
  "an-act-waits-for-the-settlement": {
    scenarios: [13],
    guard:
      "A cancel settles nothing: what the owner may still send is waited for before the act has its way.",
    cuts: GUARDS.generation.cuts,
    tests: [
      noticed(
        "test/simulation/cancel.test.ts",
        "13: the app cancels while a run starts or is about to send: one moved the chain first, the other stops",
      ),
    ],
  },
  "one-generation-lives": {
    scenarios: [12],
    guard: "No generation is raised while an edge of an older one is not settled.",
    cuts: [
      cut(
        "src/core/chain.ts",
        'if (state.open) throw new ChainRuleError("raise", "an edge of the older generation is not settled");',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/core/chain.test.ts",
        "one generation lives at a time: the next waits for seal or settlement (I8)",
      ),
    ],
  },
  "superseded-work-is-closed": {
    scenarios: [12],
    guard: "What an older generation has left open is closed before the new work begins.",
    cuts: [cut("src/core/plan.ts", "...superseded.map((pull) => pullClose(pull, turn)),", "")],
    tests: [
      noticed(
        "test/loop/generations.test.ts",
        "12: what an older generation left open is closed as superseded before the new work begins",
      ),
    ],
  },
  "the-head-permits-each-send": {
    scenarios: [12, 13],
    guard: "Before each send the owner reads the head: behind a cancel it stops.",
    cuts: [cut("src/barrier/perform.ts", "    await permit(site, claim);\n", "")],
    tests: [
      noticed(
        "test/barrier/effects.test.ts",
        "pull.create > a cancel that moved the chain first stops the send (scenario 13)",
      ),
      noticed("test/action/owner.test.ts", "13: a cancel between two sends stops the second"),
    ],
  },
  "who-asked-is-not-forgotten": {
    scenarios: [12, 13],
    guard:
      "What a person asked for while a run worked is read behind the fence, and its label stays until it is obeyed.",
    cuts: [
      cut(
        "src/app/observe/asked.ts",
        'if (hint === "work" && !shown && !maySurprise(state())) return [];',
        'if (hint === "work" && !shown) return [];',
      ),
      cut(
        "src/core/moves.ts",
        "return isOwn(name) || (kind !== undefined && kind === asked);",
        "return isOwn(name) || ((false as boolean) && kind === asked);",
      ),
    ],
    tests: [
      noticed(
        "test/simulation/cancel.test.ts",
        "13: the app cancels while a run starts or is about to send: one moved the chain first, the other stops",
      ),
    ],
  },
  "the-head-is-the-apps": {
    scenarios: [15],
    guard:
      "A head counts if GitHub signed it for the app: what a person has pushed is no step, whatever it says.",
    cuts: [
      cut("src/barrier/chain-read.ts", 'if (!commit.verified) return foreign("GitHub did not sign it");', ""),
      cut(
        "src/barrier/chain-read.ts",
        "if (commit.authorEmail !== emailOf(site.app)) return foreign(`${commit.authorEmail} made it`);",
        "",
      ),
    ],
    tests: [
      noticed(
        "test/barrier/proof.test.ts",
        "scenario 15: a chain that somebody else moved is not the app's, whatever its message says",
      ),
    ],
  },
  "a-foreign-chain-stops-everything": {
    scenarios: [15],
    guard: "A chain that is not the app's is said once, and nothing more is done.",
    cuts: [
      cut(
        "src/core/decide.ts",
        'if (chain.kind === "foreign") return distrust(snapshot, "chain-foreign", chain.why, chain.head);',
        'if (chain.kind === "foreign") return decide({ ...snapshot, chain: { kind: "absent" } });',
      ),
    ],
    tests: [
      noticed(
        "test/core/decide.test.ts",
        "a chain that is foreign, gone or moved back stops everything, and is said once for each head",
      ),
      noticed("test/loop/generations.test.ts", `15: the chain is pushed to ${HARMED}`),
    ],
  },
  "a-marker-beyond-the-head-tells": {
    scenarios: [15],
    guard: "A marker of the app's beyond the head says that the chain is gone, or was moved back.",
    cuts: [
      cut(
        "src/core/decide.ts",
        "const beyond = ledger?.ledger.beyond.at(-1);",
        "const beyond = ledger?.ledger.beyond.at(9_999);",
      ),
    ],
    tests: [
      noticed("test/loop/generations.test.ts", `15: the chain is deleted ${HARMED}`),
      noticed("test/loop/generations.test.ts", `15: the chain is moved back ${HARMED}`),
    ],
  },
  "the-work-of-an-owner-tells": {
    scenarios: [15],
    guard: "A run whose agent has begun although nobody has claimed says that the chain was moved back.",
    cuts: [
      cut(
        "src/core/decide-unclaimed.ts",
        "const owner = starts.starts.find((run) => run.worked);",
        "const owner = undefined as StartView | undefined;",
      ),
    ],
    tests: [noticed("test/loop/generations.test.ts", OWNED)],
  },
  "a-re-run-of-an-owner-claims-nothing": {
    scenarios: [15, 20],
    guard: "A run whose agent has begun in an earlier attempt takes up nothing that nobody has claimed.",
    cuts: [
      cut(
        "src/app/exchange.ts",
        "  if (!mine && run.attempt > 1) await assertUnworked(site, open, workflowFile);\n",
        "",
      ),
    ],
    tests: [noticed("test/loop/generations.test.ts", OWNED)],
  },
  "the-chains-are-swept": {
    scenarios: [15],
    guard: "The next process finds every issue that has a chain, on GitHub alone.",
    cuts: [
      cut(
        "src/app/sweep.ts",
        "for (const issue of new Set([...heads.keys(), ...asked])) {",
        "for (const issue of asked) {",
      ),
    ],
    tests: [
      noticed(
        "test/loop/kill.test.ts",
        "SIGKILL between any two writes of the app: the same single merge, every effect once",
      ),
      noticed(
        "test/cli/hostile.test.ts",
        "every fault happens and is told, and every effect landed once, as the sandbox's own log has it",
      ),
    ],
  },
} satisfies Record<string, Revert>;
