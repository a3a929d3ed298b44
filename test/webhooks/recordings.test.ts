/** Webhook to intent: every recording, played back to the real app, asks exactly what was recorded and ends as stated. */
import { expect, test } from "vitest";
import { CASES } from "./cases.ts";
import { endOf } from "./ends.ts";
import { expanded } from "./names.ts";
import { type Exchange, type Recording, read, recorded } from "./recording.ts";
import { type Asked, replay } from "./replay.ts";

test("each case has its recording, and no recording is left of a case that is gone", () => {
  expect(recorded()).toEqual(Object.keys(CASES).sort());
});

test.each(recorded())("%s", (name) => played(expanded(read<Recording>(name))));

/** Replays a recording, and expects of the app what it says: all of it, and nothing else. */
async function played(recording: Omit<Recording, "markers">): Promise<void> {
  const looks = await replay(recording);
  const lists = [recording.exchanges, ...(recording.again ? [recording.again] : [])];
  expect(looks).toHaveLength(lists.length);
  for (const [index, look] of looks.entries()) {
    expect(look.status).toBe(200);
    expect(look.unknown, "asked, and not recorded").toEqual([]);
    // Nothing missing, nothing twice, every body as recorded.
    expect(inPlace(look.asked), "what was asked").toEqual((lists[index] ?? []).map(requestOf));
    // Only what the app asks side by side may come in another order.
    const rounds = look.asked.map(({ round }) => round);
    expect(rounds, "the order").toEqual(rounds.toSorted((a, b) => a - b));
  }
  const end = endOf(
    looks.flatMap(({ asked }) => asked),
    looks.at(-1)?.rests ?? null,
  );
  expect(end, "the end").toEqual(recording.end);
}

const inPlace = (asked: readonly Asked[]) =>
  asked.toSorted((a, b) => a.place - b.place).map(({ place: _place, ...request }) => request);

const requestOf = ({ round, request, as, body }: Exchange) => ({
  round,
  request,
  ...(as === undefined ? {} : { as }),
  ...(body === undefined ? {} : { body }),
});

const isComment = ({ request }: Exchange): boolean => /^POST .*\/comments$/.test(request);

/** What a recording may not be: each is found out, so that a recording which passes is whole. */
test.each([
  [
    "lacks an exchange",
    (all: readonly Exchange[]) => all.filter((one) => !isComment(one)),
    "asked, and not recorded",
  ],
  ["has one too many", (all: readonly Exchange[]) => [...all, ...all.filter(isComment)], "what was asked"],
  [
    "has another body",
    (all: readonly Exchange[]) =>
      all.map((one) => (isComment(one) ? { ...one, body: { body: "Not done" } } : one)),
    "what was asked",
  ],
  [
    "has them in another order",
    (all: readonly Exchange[]) => all.map((one) => (isComment(one) ? { ...one, round: 1 } : one)),
    "the order",
  ],
])("a recording that %s does not pass", async (_what, change, found) => {
  const recording = expanded(read<Recording>("label-without-right"));
  await expect(played({ ...recording, exchanges: change(recording.exchanges) })).rejects.toThrow(found);
});
