/** Each verb of the grammar in each standing of an issue: of none of them does a person hear nothing. */
import { expect, test } from "vitest";
import { commandsOf } from "../../src/core/commands/comment-act.ts";
import { COMMANDS, VERBS, type Verb } from "../../src/core/commands/table.ts";
import { decide } from "../../src/core/decide.ts";
import type { AnswerMarker } from "../../src/core/marker.ts";
import type { JudgedAct, PullView, Snapshot } from "../../src/core/snapshot.ts";
import { isQueued } from "../../src/core/status-comment.ts";
import type { Finding } from "../../src/core/triage.ts";
import {
  act,
  advanced,
  base,
  claimed,
  closed,
  judged,
  labelled,
  NOW,
  onto,
  over,
  pull,
  stateOf,
} from "./snapshots.ts";

const wrote = (id: number, body: string): JudgedAct => {
  const commands = commandsOf(id, body);
  if (!commands) throw new Error(`no command in ${body}`);
  return { id: -id, actor: { id: 1, login: "maya" }, at: NOW, ...judged(true), ...commands };
};

const lines: Readonly<Record<Verb, string>> = Object.fromEntries(
  VERBS.map((verb) => [verb, COMMANDS[verb].examples[0]]),
) as Record<Verb, string>;

const withHold = (by: JudgedAct): Snapshot => {
  const { steps, markers } = advanced(decide({ ...base, acts: [by] }));
  return labelled({ ...onto(base, steps, markers), acts: [], opened: [], pulls: [] }, "cairn:hold");
};
const quietUntil = NOW + 3_600_000;
const FINDING: Finding = { code: "too-short", detail: "" };
const questioned = (): Snapshot => {
  const asking = {
    ...base,
    pulls: [],
    triage: { findings: [FINDING], blockers: [], answers: [], changedBy: null },
  };
  const { steps, markers } = advanced(decide({ ...asking, acts: [act(1)] }));
  return labelled({ ...onto(asking, steps, markers), acts: [act(1)] }, "cairn:ready", "cairn:hold");
};
const merged: PullView = { ...pull, state: "closed", merged: true, mergeSha: "m".repeat(40), closedAt: NOW };
const done = (): Snapshot => {
  const steps = [{ step: "settle", edge: "implement", attempt: 1, as: "applied" }] as const;
  return labelled({ ...onto(claimed(), steps), acts: [], opened: [], pulls: [merged] }, "cairn:done");
};
const alive = { kind: "alive", status: "in_progress", since: NOW } as const;

const STANDINGS: Readonly<Record<string, () => Snapshot>> = {
  "without a chain": () => ({ ...base, pulls: [] }),
  "without a chain, closed": () => closed({ ...base, pulls: [] }),
  "held by a person": () => withHold(act(1, "hold")),
  "held by a person, closed": () => closed(withHold(act(1, "hold"))),
  "held as it only suggests, closed": () => {
    const suggests = { ...base, config: { ...base.config, autonomy: "suggest" } } as Snapshot;
    const { steps, markers } = advanced(decide({ ...suggests, acts: [act(1)] }));
    return closed(
      labelled({ ...onto(suggests, steps, markers), acts: [], opened: [], pulls: [] }, "cairn:hold"),
    );
  },
  "asked about its text": questioned,
  "in quiet hours": () => ({ ...base, pulls: [], config: { ...base.config, quietUntil } }) as Snapshot,
  "at work": () => labelled({ ...claimed(), acts: [], run: alive, pulls: [] }, "cairn:implementing"),
  "in review": () =>
    labelled(
      {
        ...claimed(),
        acts: [],
        run: over,
        worked: 1,
        pulls: [pull],
        opened: [],
        branch: { kind: "own", sha: pull.head },
        gate: { kind: "waits", head: pull.head, code: "review-missing", for: "a review", again: null },
      },
      "cairn:reviewing",
    ),
  "done, closed": () => closed(done()),
};

/** What there is to read on the issue afterwards, beside the reaction. `later`: an answer, when the run has ended. */
type Told = "answer" | "waits" | "hold" | "intent" | "stops the run" | "status comment" | "later";

interface Telling {
  readonly told: Told | "nothing";
  readonly says: AnswerMarker["says"];
  /** The issue behind it, with the comment there. */
  readonly end: Snapshot;
}

/** Follows the decisions to the first comment, or to where the issue rests. */
function telling(snapshot: Snapshot): Telling {
  let now = snapshot;
  for (let looks = 0; looks < 12; looks += 1) {
    const decision = decide(now);
    if (decision.kind === "label") {
      const kept = now.issue.labels.filter((name) => !decision.remove.includes(name));
      now = labelled(now, ...kept, ...decision.add);
    } else if (decision.kind === "note") {
      return { told: "answer", says: decision.marker.says, end: now };
    } else if (decision.kind === "rest") {
      return { told: isQueued(decision) ? "status comment" : "nothing", says: [], end: now };
    } else {
      const { steps, markers } = advanced(decision);
      const [marker] = markers;
      if (steps[0]?.step === "cancel") return { told: "stops the run", says: [], end: now };
      now = onto(now, steps, markers);
      if (marker?.type === "answer") {
        const consumes = steps.some(
          (step) => step.step === "override" || (step.step === "answer" && step.acts.length > 0),
        );
        return { told: consumes ? "answer" : "waits", says: marker.says, end: now };
      }
      if (marker?.type === "hold" || marker?.type === "intent")
        return { told: marker.type, says: [], end: now };
    }
  }
  throw new Error("it never rests");
}

const given = (snapshot: Snapshot, ...acts: JudgedAct[]): Snapshot => ({
  ...snapshot,
  acts: [...(snapshot.acts ?? []), ...acts],
});

const ASKS = { status: "answer", help: "answer" } as const;
const IDLE = { approve: "answer", reject: "answer", override: "answer", ...ASKS } as const;

/** What each verb comes to. */
const TOLD: Readonly<Record<keyof typeof STANDINGS, Readonly<Record<Verb, Told>>>> = {
  "without a chain": {
    ...IDLE,
    ready: "intent",
    hold: "hold",
    resume: "answer",
    retry: "answer",
    cancel: "answer",
  },
  "without a chain, closed": {
    ...IDLE,
    ready: "waits",
    hold: "hold",
    resume: "answer",
    retry: "answer",
    cancel: "answer",
  },
  "held by a person": {
    ...IDLE,
    ready: "intent",
    hold: "hold",
    resume: "intent",
    retry: "answer",
    cancel: "hold",
  },
  "held by a person, closed": {
    ...IDLE,
    ready: "waits",
    hold: "hold",
    resume: "waits",
    retry: "answer",
    cancel: "hold",
  },
  "held as it only suggests, closed": {
    ...IDLE,
    ready: "waits",
    approve: "waits",
    hold: "hold",
    resume: "waits",
    retry: "waits",
    cancel: "hold",
  },
  "asked about its text": {
    ...IDLE,
    ready: "waits",
    hold: "hold",
    resume: "answer",
    retry: "waits",
    cancel: "hold",
  },
  "in quiet hours": {
    ...IDLE,
    ready: "status comment",
    hold: "hold",
    resume: "answer",
    retry: "answer",
    cancel: "answer",
  },
  "at work": {
    ...IDLE,
    ready: "stops the run",
    reject: "stops the run",
    hold: "stops the run",
    resume: "answer",
    retry: "stops the run",
    cancel: "stops the run",
    override: "later",
  },
  "in review": {
    ...IDLE,
    ready: "intent",
    reject: "hold",
    hold: "hold",
    resume: "answer",
    retry: "intent",
    cancel: "hold",
  },
  "done, closed": {
    ...IDLE,
    ready: "waits",
    reject: "hold",
    hold: "hold",
    resume: "answer",
    retry: "waits",
    cancel: "answer",
  },
};

const CELLS = Object.entries(TOLD).flatMap(([standing, verbs]) =>
  VERBS.map((verb) => [standing, verb, verbs[verb]] as const),
);

test.each(CELLS)("%s: `/cairn %s` comes to: %s", (standing, verb, told) => {
  const snapshot = STANDINGS[standing]?.() as Snapshot;
  const found = telling(given(snapshot, wrote(900, lines[verb])));
  if (told !== "later") expect(found.told).toBe(told);
  else {
    // While a run owns the edge no step may be made; when it has ended the answer comes.
    expect(found.told).toBe("nothing");
    const inReview = STANDINGS["in review"]?.() as Snapshot;
    expect(telling(given(inReview, wrote(900, lines[verb]))).told).toBe("answer");
  }
});

const WAITING = CELLS.flatMap(([standing, verb, told]) =>
  told === "waits" ? [[standing, verb] as const] : [],
);

test.each(
  WAITING,
)("%s: what `/cairn %s` waits for is said once, with what to do, and it counts then", (standing, verb) => {
  const asked = given(STANDINGS[standing]?.() as Snapshot, wrote(900, lines[verb]));
  const { says, end } = telling(asked);
  const isClosed = !asked.issue.open;
  expect(says).toMatchObject([
    { about: "status", next: expect.stringContaining(isClosed ? "opens the issue again" : "edits the text") },
  ]);
  expect(stateOf(end).acts).not.toContain(-900);
  expect(telling(end).told).toBe("nothing");
  expect(telling(given(end, wrote(901, "/cairn ready"))).told).toBe("nothing");
  const triage = { findings: [], blockers: [], answers: [], changedBy: null };
  const free = { ...end, triage, opened: [], issue: { ...end.issue, open: true } };
  expect(["intent", "hold"]).toContain(telling(free).told);
});

test("whether it was said is read first, from a whole list; a label that waits needs no words", () => {
  const asked = closed(labelled(given(base, wrote(900, "/cairn ready")), "cairn:ready"));
  const { ledger, ...unread } = onto(asked, [{ step: "refuse", act: 5, digest: "0".repeat(64) as never }]);
  expect(decide(unread)).toEqual({ kind: "look", part: "ledger" });
  const short = { ...ledger, kind: "short", expected: 2, found: 1 } as Snapshot["ledger"];
  expect(decide({ ...unread, ledger: short } as Snapshot)).toMatchObject({
    kind: "rest",
    code: "issue-to-open",
  });
  expect(telling(closed(given(base, act(1)))).told).toBe("nothing");
});

test("a question that was asked behind the command is all there is to say", () => {
  const { end } = telling(given(questioned(), wrote(99, "/cairn ready")));
  expect(end.acts?.map(({ id }) => id)).toEqual([1, -99]);
  expect(stateOf(end).declared).toHaveLength(1);
});
