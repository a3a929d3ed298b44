/** When work begins: slots, and whose turn it is. */
import { cut, noticed, type Revert } from "../revert.ts";

const TWENTY = noticed(
  "test/simulation/slots.test.ts",
  "32: twenty issues and two slots: never more than two agents, the oldest first, all move on to their end",
);
const DEAD = noticed(
  "test/loop/slots.test.ts",
  "32: one slot: the next issue waits, says for whom, and begins by itself once the first one's run is dead",
);

export const BEGINNING = {
  "slots-are-counted": {
    scenarios: [32],
    guard: "No agent begins where as many work as there are slots.",
    cuts: [
      cut(
        "src/core/admission.ts",
        "if (slots.ahead.length < slots.limit - slots.holders.length) return undefined;",
        "return undefined;",
      ),
    ],
    tests: [
      TWENTY,
      DEAD,
      noticed("test/core/decide-admission.test.ts", "a slot: two are free, and two wait longer"),
    ],
  },
  "what-begins-meanwhile-counts": {
    scenarios: [32],
    guard: "What this process began since the list was read holds a slot too.",
    cuts: [cut("src/app/observe/slots.ts", "new Set([...found, ...begun])", "new Set(found)")],
    tests: [
      TWENTY,
      noticed(
        "test/app/slots.test.ts",
        "what this process begins counts at once, before and after the list was read; who waits longer comes first",
      ),
    ],
  },
  "a-look-holds-a-slot": {
    scenarios: [32],
    guard: "The review command's look holds a slot also where no process remembers that it began.",
    cuts: [cut("src/app/observe/slots.ts", 'looks ? await shownAs("reviewing") : []', "[]")],
    tests: [
      noticed(
        "test/app/slots.test.ts",
        "where a command reviews, a look that no process remembers holds one too, and who waits for people does not",
      ),
    ],
  },
  "a-dead-run-holds-no-slot": {
    scenarios: [32],
    guard: "A slot whose run is over is free, whether its loss is settled or not.",
    cuts: [
      cut(
        "src/app/observe/slots.ts",
        'return run === undefined || note(run).status !== "completed";',
        "return true;",
      ),
    ],
    tests: [
      DEAD,
      noticed("test/app/slots.test.ts", "a claimed edge holds it as long as its run is not over"),
    ],
  },
  "a-list-that-is-known-is-free": {
    scenarios: [32],
    guard: "What a sweep reads again and again is asked for conditionally.",
    cuts: [
      cut(
        "src/github/known-lists.ts",
        "await client.get(route, asked, known?.etag)",
        "await client.get(route, asked)",
      ),
    ],
    tests: [
      noticed(
        "test/loop/sweep-cost.test.ts",
        "a repository in which nothing happens costs the hour's requests nothing, sweep after sweep",
      ),
    ],
  },
  "changes-are-asked-for-since-the-same-moment": {
    scenarios: [32],
    guard:
      "What has changed is asked for by the same question, so that GitHub can say that the answer is the same.",
    cuts: [cut("src/app/sweep.ts", "since: goesOn ? before.since : now - OVERLAP", "since: now - OVERLAP")],
    tests: [
      noticed(
        "test/loop/sweep-cost.test.ts",
        "a repository in which nothing happens costs the hour's requests nothing, sweep after sweep",
      ),
    ],
  },
  "a-rest-right-behind-a-change-is-seen-again": {
    scenarios: [8],
    guard:
      "Whoever was seen at rest so soon behind a change that the read may have been older is looked at again.",
    cuts: [cut("src/app/sweep.ts", "restedAt - options.lag", "restedAt")],
    tests: [
      noticed(
        "test/app/sweep.test.ts",
        "who was seen at rest so soon behind a change that the read may have been older is looked at again",
      ),
    ],
  },
  "who-makes-room-wakes": {
    scenarios: [32],
    guard: "Where a slot becomes free, the oldest that waits is looked at.",
    cuts: [
      cut(
        "src/app/places.ts",
        "moved.set(issue.repository, (moved.get(issue.repository) ?? new Set()).add(LINES[before]));",
        "",
      ),
    ],
    tests: [
      noticed(
        "test/app/slots.test.ts",
        "whoever makes room, or leaves the queue, wakes the oldest that waits, and nobody else does",
      ),
    ],
  },
  "a-hold-holds-no-slot": {
    scenarios: [32],
    guard: "An issue on hold works on nothing, though somebody moved its chain back to where it did.",
    cuts: [cut("src/app/reconcile.ts", 'if (state === "hold") return "neither";', "")],
    tests: [
      noticed(
        "test/loop/slots.test.ts",
        "32: an issue on hold has no slot, whatever the chain says to which somebody moved it back",
      ),
    ],
  },
  "what-was-gone-is-swept-again": {
    scenarios: [32],
    guard: "A sweep looks at what could not be seen the last time, whether it has changed or not.",
    cuts: [cut("src/app/app.ts", "      rested.delete(key);\n", "")],
    tests: [
      noticed(
        "test/loop/slots.test.ts",
        "32: whoever could not be seen while it waited is looked at again, though nothing about it has changed",
      ),
    ],
  },
  "a-throttled-hour-counts-for-nobody": {
    scenarios: [32],
    guard: "The job that publishes waits for the end of a limit: the issue is charged no attempt for it.",
    cuts: [cut("action/exchange.ts", 'purpose === "effect" ? PATIENCE_WITH_WORK : PATIENCE', "PATIENCE")],
    tests: [
      noticed(
        "test/simulation/throttled.test.ts",
        "32: the hour's requests are spent by somebody else: no issue is held, no attempt and no work is charged, no agent runs again",
      ),
      noticed(
        "test/action/exchange.test.ts",
        "effect does not wait for ever, but 65 minutes, each with an id token of its own, and says what it waited for",
      ),
    ],
  },
  "who-is-elsewhere-waits-here-no-more": {
    scenarios: [26, 32],
    guard: "An issue that was transferred while it waited for a slot stands before nobody.",
    cuts: [
      cut(
        "src/app/reconcile.ts",
        'if (end[0] === MOVED) look.memory.places.saw(look.site.issue, "neither");',
        "",
      ),
    ],
    tests: [
      noticed(
        "test/app/slots.test.ts",
        "an issue that was transferred while it waited stands before nobody any more",
      ),
    ],
  },
  "what-never-comes-costs-less-and-less": {
    scenarios: [13],
    guard: "A short wait that finds the same again and again is looked at half as often each time.",
    cuts: [cut("src/app/pace.ts", "return again * 2 ** times;", "return again;")],
    tests: [
      noticed(
        "test/app/pace.test.ts",
        "the same short wait is looked at twice as late each time, another one as soon as it asks for",
      ),
    ],
  },
} satisfies Readonly<Record<string, Revert>>;
