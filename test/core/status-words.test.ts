/** The status comment as people read it: all of it, at each place where an issue can stand. */
import { expect, test } from "vitest";
import type { PastStep } from "../../src/core/status-comment.ts";
import { base, claimed, declared, onto } from "./snapshots.ts";
import {
  alarmed,
  between,
  done,
  ended,
  held,
  implementing,
  landing,
  mending,
  merging,
  past,
  published,
  restOf,
  reviewing,
  second,
  text,
  working,
} from "./statuses.ts";

test("while nobody has taken the work up it says until when, and where to look for the run", () => {
  const snapshot = implementing();
  expect(
    text(snapshot, past(snapshot)),
  ).toBe(`**Cairn: implementing** – the agent's work is declared or under way.

- Generation: 1, implement attempt 1 (attempts so far: to implement 1)
- Now: A run of the workflow, to take the work up and to end. \`implement/1\`
- Who can act: Nothing; somebody with write access can set \`cairn:hold\` to stop it.
- Deadline: to be taken up until 2026-09-22T14:13:20Z; the agent may work for 60 min
- Run: [of this workflow](https://github.com/acme/tools/actions/workflows/cairn.yml)
- Cost so far: none, in runs that have ended, in this generation

Last steps, the newest first:

- 2026-09-21T14:13:20Z: generation 1 raised by act 1; implement/1 of generation 1 declared

Cairn keeps this comment up to date and reads nothing in it: whatever is written here is overwritten.`);
});

/** The same for any state: its line, what is to be said, and the steps that led there. */
const whole = (state: string, lines: readonly string[], steps: readonly string[]): string =>
  [
    state,
    "",
    ...lines.map((line) => `- ${line}`),
    ...(steps.length === 0 ? [] : ["", "Last steps, the newest first:", ""]),
    ...steps.map((step) => `- 2026-09-21T14:13:20Z: ${step}`),
    "",
    "Cairn keeps this comment up to date and reads nothing in it: whatever is written here is overwritten.",
  ].join("\n");

const IMPLEMENTING = "**Cairn: implementing** – the agent's work is declared or under way.";
const MERGING = "**Cairn: merging** – the merge is declared or under way.";
const UNDER_WAY = "Now: A run of the workflow, to take the work up and to end.";
const STOP = "Who can act: Nothing; somebody with write access can set `cairn:hold` to stop it.";
const WORKFLOW = "Run: [of this workflow](https://github.com/acme/tools/actions/workflows/cairn.yml)";
const RUN_5 = "Run: [5, attempt 1](https://github.com/acme/tools/actions/runs/5/attempts/1)";
const NO_COST = "Cost so far: none, in runs that have ended, in this generation";
const CLAIMED = "claimed by run 5 attempt 1";
const RAISED = "generation 1 raised by act 1; implement/1 of generation 1 declared";

test("once a run has taken it up it is named, and how long its agent may work", () => {
  expect(text(working(), past(claimed(), declared()))).toBe(
    whole(
      IMPLEMENTING,
      [
        "Generation: 1, implement attempt 1 (attempts so far: to implement 1)",
        `${UNDER_WAY} \`implement/1\``,
        STOP,
        "Deadline: the agent may work for 60 min",
        RUN_5,
        NO_COST,
      ],
      [CLAIMED, RAISED],
    ),
  );
});

test("a run that ended without a result is waited for until the quiet period's end", () => {
  expect(text(ended(), past(ended(), claimed(), declared()))).toBe(
    whole(
      IMPLEMENTING,
      [
        "Generation: 1, implement attempt 1 (attempts so far: to implement 1)",
        "Now: The owner's run has ended without a result: what it sent may still land. `the quiet period: implement/1 ended (failure) without a result`",
        "Who can act: Nothing: the app looks again by itself.",
        "Deadline: 2026-09-21T14:15:20Z, the quiet period's end",
        RUN_5,
        NO_COST,
      ],
      ["cancelled (owner-over)", CLAIMED, RAISED],
    ),
  );
});

test("an attempt that waits for a slot says at which place, and of the one before what it cost", () => {
  expect(text(between(), past(between(), ended(), claimed(), declared()), undefined, 600_000)).toBe(
    whole(
      IMPLEMENTING,
      [
        "Generation: 1 (attempts so far: to implement 1)",
        "Position: 2 of those that wait",
        "Now: As many issues of this repository are being worked on as its configuration allows. `a slot (1 of 1 are taken, by #3)`",
        "Who can act: Nothing: the oldest that waits is next when one of them is done. Or somebody raises `slots` in `.github/cairn.yml`.",
        "Deadline: none",
        RUN_5,
        "Cost so far: 10 min of the agent's work, in this generation; attempts that were lost: 1",
      ],
      ["implement/1 settled as lost", "cancelled (owner-over)", CLAIMED, RAISED],
    ),
  );
});

test("a second attempt that nobody has taken up is not said to be of the first one's run", () => {
  const steps = past(second(), between(), ended(), claimed(), declared());
  expect(text(second(), steps, undefined, 600_000)).toBe(
    whole(
      IMPLEMENTING,
      [
        "Generation: 1, implement attempt 2 (attempts so far: to implement 2)",
        `${UNDER_WAY} \`implement/2\``,
        STOP,
        "Deadline: to be taken up until 2026-09-22T14:13:20Z; the agent may work for 50 min",
        WORKFLOW,
        "Cost so far: 10 min of the agent's work, in this generation; attempts that were lost: 1",
      ],
      [
        "implement/2 of generation 1 declared",
        "implement/1 settled as lost",
        "cancelled (owner-over)",
        CLAIMED,
        RAISED,
      ],
    ),
  );
});

test("a pull request that waits is named, with the run that made it, what it waits for and what it cost", () => {
  const snapshot = reviewing();
  expect(text(snapshot, past(claimed(), declared()), restOf(snapshot), 61_000)).toBe(
    whole(
      "**Cairn: reviewing** – a pull request waits for checks and for people.",
      [
        "Generation: 1, implement attempt 1 (attempts so far: to implement 1)",
        "Now: Nobody has approved this very head who may: write access, neither its author nor a committer. `a review of aaaaaaaaaaaa`",
        "Who can act: Somebody with write access reviews the pull request as it is now.",
        "Deadline: none",
        RUN_5,
        "Pull request: #41",
        "Cost so far: 2 min of the agent's work, in this generation",
      ],
      [CLAIMED, RAISED],
    ),
  );
  expect(text(snapshot, [], restOf(snapshot), 0)).toContain("- Cost so far: 1 min of the agent's work");
});

test("a round of fixing is counted beside the attempts, and what was lost with one as well", () => {
  expect(text(mending(), past(mending(), published()), undefined, 60_000)).toBe(
    whole(
      "**Cairn: implementing** – the agent's work is declared or under way.",
      [
        "Generation: 1, fix round 1 (attempts so far: to implement 1, to fix 1)",
        `${UNDER_WAY} \`fix/1\``,
        STOP,
        "Deadline: the agent may work for 60 min",
        "Run: [6, attempt 1](https://github.com/acme/tools/actions/runs/6/attempts/1)",
        "Pull request: #41",
        "Cost so far: 1 min of the agent's work, in this generation",
      ],
      ["claimed by run 6 attempt 1", "implement/1 settled as applied"],
    ),
  );
  const lost = { attempt: 1, run: { id: 6, attempt: 1 }, url: "u", conclusion: "failure", worked: 1 };
  const over = onto(mending(), [
    { step: "cancel", why: "owner-over" },
    { step: "settle", edge: "fix", attempt: 1, as: "lost", lost },
  ]);
  const back = { ...reviewing(), chain: over.chain };
  expect(text(back, past(over))).toContain("; attempts that were lost: 1");
  // What the check refused is counted apart.
  const red = onto(mending(), [
    {
      ...{ step: "result", run: { id: 6, attempt: 1 }, reason: "check-red" },
      ...{ digest: "d", effects: {}, tree: "t" },
    },
    {
      ...{ step: "settle", edge: "fix", attempt: 1, as: "failed" },
      lost: { ...lost, red: { tree: "t", said: "not ok" } },
    },
  ]);
  const told = text({ ...reviewing(), chain: red.chain }, past(red));
  expect(told).toContain("; attempts that the check refused: 1\n");
  expect(told).not.toContain("attempts that were lost");
});

test("a merge that is declared names its pull request, and needs no agent", () => {
  expect(text(merging(), past(merging(), published(), claimed(), declared()), undefined, 60_000)).toBe(
    whole(
      MERGING,
      [
        "Generation: 1, merge attempt 1 (attempts so far: to implement 1, to merge 1)",
        `${UNDER_WAY} \`merge/1\``,
        STOP,
        "Deadline: to be taken up until 2026-09-22T14:13:20Z",
        WORKFLOW,
        "Pull request: #41",
        "Cost so far: 1 min of the agent's work, in this generation",
      ],
      ["merge/1 of generation 1 declared", "implement/1 settled as applied", CLAIMED, RAISED],
    ),
  );
});

test("a merge that a run has taken up ends with that run, and has no other deadline", () => {
  expect(text(landing(), past(landing(), merging()))).toBe(
    whole(
      MERGING,
      [
        "Generation: 1, merge attempt 1 (attempts so far: to implement 1, to merge 1)",
        `${UNDER_WAY} \`merge/1\``,
        STOP,
        "Deadline: none",
        "Run: [6, attempt 2](https://github.com/acme/tools/actions/runs/6/attempts/2)",
        "Pull request: #41",
        NO_COST,
      ],
      ["claimed by run 6 attempt 2", "merge/1 of generation 1 declared"],
    ),
  );
});

test("what is merged says so, and by which commit", () => {
  expect(text(done(), past(published(), claimed(), declared()))).toBe(
    whole(
      "**Cairn: done** – the work is merged.",
      [
        "Generation: 1, implement attempt 1 (attempts so far: to implement 1)",
        "Now: The work is merged. `nothing: #41 is merged as eeeeeeeeeeee`",
        "Who can act: Nothing; for more work somebody with write access sets `cairn:ready` again.",
        "Deadline: none",
        RUN_5,
        "Pull request: #41",
        NO_COST,
      ],
      ["implement/1 settled as applied", CLAIMED, RAISED],
    ),
  );
});

const HOLD = "**Cairn: hold** – nothing goes on until a person acts.";
const FAILED = [
  "Generation: 1 (attempts so far: to implement 1)",
  "Now: A required check failed on the pull request. `test (failure) on abc`",
  "Who can act: Read the check's log and say in the issue what is missing. Then somebody with write access sets `cairn:ready` again, or writes `/cairn resume`; a new generation starts.",
  "Deadline: none",
  RUN_5,
  "Pull request: #41",
  NO_COST,
];

test("a hold says what happened, in which words, and who can lift it", () => {
  const steps = past(held(), published(), claimed(), declared());
  const titles = ["held (check-failed)", "implement/1 settled as applied", CLAIMED, RAISED];
  expect(text(held(), steps)).toBe(whole(HOLD, FAILED, titles));
});

test("a hold is told in its words whatever else its commit did, and whatever was answered since", () => {
  const [hold, ...before] = past(held(), published(), claimed(), declared());
  const settle = { step: "settle", edge: "implement", attempt: 1, as: "applied" } as const;
  const answer: PastStep = {
    at: hold!.at,
    steps: [{ step: "answer", acts: [-7], digest: "n" }],
    markers: [],
  };
  const steps = [answer, { ...hold!, steps: [settle, ...hold!.steps] }, ...before.slice(1)];
  const titles = [
    "comment 7 answered",
    "implement/1 settled as applied; held (check-failed)",
    CLAIMED,
    RAISED,
  ];
  expect(text(held(), steps)).toBe(whole(HOLD, FAILED, titles));
});

test("a chain that was moved back to a hold is not told in that hold's words", () => {
  const said = text(held(), past(held(), published()), alarmed("chain-rewound"));
  expect(said).toContain(
    "\n- Now: The chain of this issue was moved back: comments cite steps that it lacks.\n",
  );
});

test("where the chain is gone it says so, and that nobody knows what it cost", () => {
  expect(text(base, [], alarmed("chain-missing"))).toBe(
    whole(
      HOLD,
      [
        "Now: The chain of this issue is gone, and comments cite it.",
        "Who can act: Restore the ref from the commit that the last run's summary names. Somebody with write access can do that; Cairn sees it and goes on by itself.",
        "Deadline: none",
        WORKFLOW,
        "Cost so far: unknown",
      ],
      [],
    ),
  );
});
