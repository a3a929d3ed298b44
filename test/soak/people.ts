/** People of a soak: they file issues over hours, ask for work, review, get in the way, and lift some of the holds. */
import type { Knob } from "../../src/simulation/knobs.ts";
import { meddlings } from "../../src/simulation/meddling.ts";
import { createPlace, type PlaceOptions } from "../../src/simulation/place.ts";

/** What becomes of an issue in the end; `open`: it has not come to an end yet. */
export type End = "open" | "done" | "held";

export interface People {
  readonly ask: ReturnType<typeof createPlace>["ask"];
  /** Files so many issues, one each `every` ms, and asks for work on each. */
  file(count: number, every: number): void;
  readonly filed: readonly number[];
  endOf(issue: number): End;
  /** Issues that have come to their end, and that nobody will touch any more. */
  left(): number;
}

const MINUTE = 60_000;
/** A hold is lifted so often; after that, or where nobody cares, the issue stays held. */
const LIFTS = 2;
const CARES = 0.75;

export function createPeople(options: PlaceOptions): People {
  const place = createPlace(options);
  const { sandbox, stage, chance, dice, ask, issueOf, pullsOf, setAnew, later } = place;
  const filed: number[] = [];
  const left = new Set<number>();
  const acts = meddlings(place, () => undefined);

  const labelsOf = (issue: number): readonly string[] =>
    (issueOf(issue)?.labelIds ?? []).map((id) => stage.repository.labels.get(id)?.name ?? "");

  function endOf(issue: number): End {
    const labels = labelsOf(issue);
    if (labels.includes("cairn:hold")) return "held";
    return labels.includes("cairn:done") ? "done" : "open";
  }

  async function review(issue: number): Promise<void> {
    for (const pull of pullsOf(issue, "open")) {
      const approved = [...sandbox.world.reviews.values()].some(
        (one) => one.pullId === pull.id && one.state === "APPROVED" && one.commitId === pull.headSha,
      );
      if (!approved) await ask("robin", "POST", `/pulls/${pull.number}/reviews`, { event: "APPROVE" });
    }
  }

  /** Every two minutes or so, until it has come to an end. */
  function look(issue: number, lifts: number): void {
    later(chance.integer(1 * MINUTE, 3 * MINUTE), async () => {
      const end = endOf(issue);
      if (end === "done") return void left.add(issue);
      if (end === "held") return lift(issue, lifts);
      await review(issue);
      for (const [knob, weight, act] of acts) if (dice.roll(knob, weight)) await act(issue);
      look(issue, lifts);
    });
  }

  function lift(issue: number, lifts: number): void {
    if (lifts === 0 || !chance.happens(CARES)) return void left.add(issue);
    later(chance.integer(5 * MINUTE, 40 * MINUTE), async () => {
      await setAnew(issue, "cairn:ready");
      look(issue, lifts - 1);
    });
  }

  async function fileOne(): Promise<void> {
    const content = { title: `Number ${filed.length + 1}`, body: "It should work.\n\n- [ ] it does" };
    const { body } = await ask("maya", "POST", "/issues", content);
    const { number } = body as { number: number };
    filed.push(number);
    later(chance.integer(5_000, 60_000), async () => {
      await ask("maya", "POST", `/issues/${number}/labels`, { labels: ["cairn:ready"] });
      look(number, LIFTS);
    });
  }

  return {
    ask,
    filed,
    endOf,
    left: () => left.size,
    file(count, every) {
      for (let at = 0; at < count; at += 1) later(at * every, fileOne);
    },
  };
}

/** How often each of a soak's faults happens, by the chances that it has. */
export const SOAK_RATES: Partial<Record<Knob, number>> = {
  "webhook-dropped": 0.02,
  "webhook-doubled": 0.02,
  "webhook-late": 0.02,
  "webhook-reordered": 0.05,
  "request-lost": 0.002,
  "answer-lost": 0.002,
  "applied-late": 0.002,
  "5xx-applied": 0.001,
  "5xx-not-applied": 0.002,
  hang: 0.001,
  "401-mid-run": 0.05,
  "limit-with-retry-after": 0.002,
  "limit-without-retry-after": 0.001,
  "stale-list": 0.05,
  "stale-object": 0.05,
  "stale-ref": 0.05,
  "stale-count": 0.05,
  crash: 0.02,
  "runner-lost": 0.005,
  "run-cancelled": 0.003,
  "run-rerun": 0.03,
  "ready-again": 0.005,
  "hold-asked": 0.01,
  "labels-flapping": 0.005,
  "issue-edited": 0.02,
  "base-moved": 0.02,
  "branch-pushed-to": 0.02,
  "pull-closed": 0.02,
  "changes-requested": 0.02,
  "agent-failed": 0.05,
};
