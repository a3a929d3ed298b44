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

test.each(recorded())("%s", async (name) => {
  const recording = expanded(read<Recording>(name));
  const looks = await replay(recording);
  const lists = [recording.exchanges, ...(recording.again ? [recording.again] : [])];
  expect(looks).toHaveLength(lists.length);
  for (const [index, look] of looks.entries()) {
    expect(look.status).toBe(200);
    expect(look.unknown).toEqual([]);
    // Nothing missing, nothing twice, every body as recorded.
    expect(inPlace(look.asked)).toEqual((lists[index] ?? []).map(requestOf));
    // In the order recorded: only what the app asks side by side may come in another one.
    const rounds = look.asked.map(({ round }) => round);
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
  }
  const end = endOf(
    looks.flatMap(({ asked }) => asked),
    looks.at(-1)?.rests ?? null,
  );
  expect(end).toEqual(recording.end);
});

const inPlace = (asked: readonly Asked[]) =>
  asked.toSorted((a, b) => a.place - b.place).map(({ place: _place, ...request }) => request);

const requestOf = ({ round, request, as, body }: Exchange) => ({
  round,
  request,
  ...(as === undefined ? {} : { as }),
  ...(body === undefined ? {} : { body }),
});
