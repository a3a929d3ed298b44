/** People: those who work with Cairn, and those who get in its way. They use GitHub's API, as anybody does. */

import { showsState } from "../core/states.ts";
import { answering } from "./answering.ts";
import { commanding } from "./commanding.ts";
import { WELL_SAID } from "./issue-text.ts";
import { giveBack, meddlings } from "./meddling.ts";
import { type Ask, createPlace, type PlaceOptions } from "./place.ts";
import type { Act } from "./plan.ts";
import { INCIDENT, type Policies } from "./policies.ts";
import { policyActs } from "./policy-acts.ts";
import { ELSEWHERE, PEOPLE, type Person } from "./stage.ts";
import { editLastMarker, tamperings } from "./tampering.ts";

export interface People {
  readonly ask: Ask;
  /** Files an issue and, a little later, asks for work on it. */
  file(title: string): Promise<number>;
  /** Says that it is an incident, which nothing but a person closes. */
  raiseAlarm(issue: number): Promise<void>;
  /** Says that it belongs to another repository. */
  giveAway(issue: number): Promise<void>;
  /** Writes so many comments, each in turn and a hundred a minute: nobody comes near a limit. */
  talk(issue: number, comments: number): Promise<void>;
  /** From now on they work, review and meddle. */
  begin(issues: readonly number[]): void;
  /** Does this to each, now. */
  act(issues: readonly number[], act: Act): Promise<void>;
  /** Asks for a new generation of each, so much later (ms). */
  askAgain(issues: readonly number[], after: number): void;
  /** Asks for changes to what waits for a review of each, so much later (ms). */
  askForChanges(issues: readonly number[], after: number): void;
  /** Another change comes to the base after so long, which conflicts with nothing. */
  moveBase(after: number): void;
  /** The first comment that a person wrote goes: all behind it move up, and one slips from one page to the one before. */
  takeOneBack(issue: number): Promise<void>;
  /** Nobody meddles any more: what was taken away is given back, what waits for people is done. */
  becomeHelpful(): Promise<void>;
  /** Events without which the promise of an end does not hold for an issue: it went away, or a person ended it. */
  readonly gone: ReadonlySet<number>;
}

const MINUTE = 60_000;

export interface PeopleOptions extends PlaceOptions {
  /** Nobody reviews before people become helpful. */
  readonly reviewsLate: boolean;
  /** The base has a merge queue. */
  readonly queue: boolean;
  /** What the repository has decided beyond a plain one. */
  readonly policies: Policies | undefined;
}

const isThin = (body: string): boolean => body.length < WELL_SAID.length;

export function createPeople(options: PeopleOptions): People {
  const place = createPlace(options);
  const { stage, chance, dice, ask, issueOf, pullsOf, review, setAnew, later } = place;
  const gone = new Set<number>();
  const answer = answering(place);
  const byPolicy = policyActs(place);
  const acts = [
    ...meddlings(place, (issue) => gone.add(issue)),
    ...tamperings(place),
    commanding(place),
    ...(options.policies ? byPolicy.acts : []),
  ];
  let helpful = false;
  let mergesByHand = false;
  let suggests = false;
  const approved = new Set<number>();
  const setReady = (issue: number): Promise<unknown> =>
    ask("maya", "POST", `/issues/${issue}/labels`, { labels: [stage.entryLabel] });

  async function help(issue: number): Promise<void> {
    const found = issueOf(issue);
    if (!found) return void gone.add(issue);
    if (options.policies?.untestedBase) await byPolicy.updateBranches(issue);
    if (found.state === "open") await review(issue);
    await answer(issue, true);
    const labels = found.labelIds.map((id) => stage.repository.labels.get(id)?.name ?? "");
    const held = labels.includes("cairn:hold");
    // Where Cairn may not merge, a person does.
    for (const pull of pullsOf(issue, "open")) {
      // A draft is looked at, and what was good of it is done by hand.
      if (pull.draft) await ask("maya", "PATCH", `/pulls/${pull.number}`, { state: "closed" });
      else if ((mergesByHand || place.isLeftToPeople(pull)) && !held)
        await ask("maya", "PUT", `/pulls/${pull.number}/merge`, {});
    }
    // What the queue has put out is theirs to put in again, as is what Cairn may not merge.
    const leftToPeople = pullsOf(issue, "open").some(place.isLeftToPeople);
    if (options.queue && !held && (mergesByHand || leftToPeople || place.wasPutOut(issue)))
      await place.queue(issue, "enqueue");
    if (suggests && held && !approved.has(issue)) {
      approved.add(issue);
      await ask("maya", "POST", `/issues/${issue}/comments`, { body: "/cairn approve" });
    }
    // What Cairn asks for is there in the end.
    if (found.state === "open" && isThin(found.body ?? ""))
      await ask("maya", "PATCH", `/issues/${issue}`, {
        body: `${WELL_SAID}, since ${options.clockwork.now()}`,
      });
    // Whoever took the label away again while Cairn waited for the text sets it once more; so does who made all traces vanish.
    const shown = labels.some((name) => showsState(name, stage.entryLabel));
    const asked =
      labels.includes(stage.entryLabel) || (shown && stage.repository.refs.has(`refs/cairn/${issue}`));
    if (found.state === "open" && !asked && !held) await setReady(issue);
  }

  function rounds(issue: number): void {
    const every = helpful ? 10 * MINUTE : chance.integer(0.5 * MINUTE, 2 * MINUTE);
    later(every, async () => {
      if (helpful) await help(issue);
      else {
        if (chance.happens(0.3) && !options.reviewsLate) await review(issue);
        await answer(issue, false);
        for (const [knob, weight, act] of acts) if (dice.roll(knob, weight)) await act(issue);
      }
      rounds(issue);
    });
  }

  return {
    ask,
    gone,
    async file(title) {
      const { body } = await ask("oda", "POST", "/issues", {
        title,
        body: WELL_SAID,
      });
      return (body as { number: number }).number;
    },
    async raiseAlarm(issue) {
      await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [INCIDENT] });
    },
    async giveAway(issue) {
      await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [ELSEWHERE] });
    },
    async talk(issue, comments) {
      for (let said = 0; said < comments; said += 1) {
        const person = PEOPLE[said % PEOPLE.length] as Person;
        const { status } = await ask(person, "POST", `/issues/${issue}/comments`, { body: `And ${said}.` });
        if (status !== 201) throw new Error(`${person} may not comment: ${status}`);
        if (said % 100 === 99) await options.clockwork.passUntil(options.clockwork.now() + MINUTE);
      }
    },
    begin(issues) {
      for (const issue of issues) {
        later(chance.integer(1_000, 4 * MINUTE), () => setReady(issue));
        rounds(issue);
      }
    },
    async act(issues, act) {
      for (const issue of issues) {
        await (act === "edit"
          ? editLastMarker(place, issue)
          : setAnew(issue, act === "ready" ? stage.entryLabel : `cairn:${act}`));
      }
    },
    async takeOneBack(issue) {
      const id = issueOf(issue)?.id;
      const first = [...options.sandbox.world.comments.values()].find(
        (one) => one.issueId === id && one.viaAppId === null,
      );
      if (first) await ask("maya", "DELETE", `/issues/comments/${first.id}`);
    },
    askAgain(issues, after) {
      for (const issue of issues) later(after, () => setAnew(issue, stage.entryLabel));
    },
    moveBase(after) {
      const content = Buffer.from("Meanwhile\n").toString("base64");
      later(after, () => ask("maya", "PUT", "/contents/meanwhile.md", { message: "Meanwhile", content }));
    },
    askForChanges(issues, after) {
      for (const issue of issues) later(after, () => place.askForChanges(issue));
    },
    async becomeHelpful() {
      helpful = true;
      giveBack(place);
      if (options.policies) await byPolicy.mendConfiguration();
      const configuration = await readConfiguration();
      mergesByHand =
        !/^merge: on-green-with-review$/m.test(configuration) || /^autonomy: /m.test(configuration);
      suggests = /^autonomy: suggest$/m.test(configuration);
    },
  };

  async function readConfiguration(): Promise<string> {
    const { body } = await ask("maya", "GET", "/contents/.github/cairn.yml");
    const { content = "" } = (body ?? {}) as { content?: string };
    return Buffer.from(content, "base64").toString("utf8");
  }
}
