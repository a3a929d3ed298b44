/** People of a soak: they file issues over hours, ask for work, review, get in the way, and lift some of the holds. */
import { WELL_SAID } from "../../src/simulation/issue-text.ts";
import { meddlings } from "../../src/simulation/meddling.ts";
import { type Ask, createPlace, type PlaceOptions } from "../../src/simulation/place.ts";

export interface SoakPeople {
  readonly ask: Ask;
  /** Files so many issues, one each `every` ms, and asks for work on each. */
  file(count: number, every: number): void;
  readonly filed: readonly number[];
  /** Issues that are done or held, and that nobody will touch any more. */
  left(): number;
}

const MINUTE = 60_000;
/** A hold is lifted so often; after that, or where nobody cares, the issue stays held. */
const LIFTS = 2;
const CARES = 0.6;

export function createPeople(options: PlaceOptions): SoakPeople {
  const place = createPlace(options);
  const { stage, chance, dice, ask, issueOf, review, setAnew, later } = place;
  const filed: number[] = [];
  const left = new Set<number>();
  const acts = meddlings(place, () => undefined);

  const labelsOf = (issue: number): readonly string[] =>
    (issueOf(issue)?.labelIds ?? []).map((id) => stage.repository.labels.get(id)?.name ?? "");

  function endOf(issue: number): "open" | "done" | "held" {
    const labels = labelsOf(issue);
    if (labels.includes("cairn:hold")) return "held";
    return labels.includes("cairn:done") ? "done" : "open";
  }

  /** Every two minutes or so, until it has come to an end; after that nobody gets in its way. */
  function look(issue: number, lifts: number): void {
    later(chance.integer(1 * MINUTE, 3 * MINUTE), async () => {
      const end = endOf(issue);
      if (end === "done") return visit(issue);
      if (end === "held") return lift(issue, lifts);
      await review(issue);
      for (const [knob, weight, act] of acts) if (dice.roll(knob, weight)) await act(issue);
      look(issue, lifts);
    });
  }

  function lift(issue: number, lifts: number): void {
    if (lifts === 0 || !chance.happens(CARES)) visit(issue);
    else
      later(chance.integer(5 * MINUTE, 40 * MINUTE), async () => {
        await setAnew(issue, stage.entryLabel);
        look(issue, lifts - 1);
      });
  }

  /** Whoever reviews still looks at it now and then: what was done before its end may have set it going again. */
  function visit(issue: number): void {
    if (endOf(issue) === "open") left.delete(issue);
    else left.add(issue);
    later(20 * MINUTE, async () => {
      await review(issue);
      visit(issue);
    });
  }

  async function fileOne(): Promise<void> {
    const content = { title: `Number ${filed.length + 1}`, body: WELL_SAID };
    const { body } = await ask("maya", "POST", "/issues", content);
    const { number } = body as { number: number };
    filed.push(number);
    later(chance.integer(5_000, 60_000), async () => {
      await ask("maya", "POST", `/issues/${number}/labels`, { labels: [stage.entryLabel] });
      look(number, LIFTS);
    });
  }

  return {
    ask,
    filed,
    left: () => left.size,
    file(count, every) {
      for (let at = 0; at < count; at += 1) later(at * every, fileOne);
    },
  };
}
