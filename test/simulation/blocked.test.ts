/** For how long the checker wants nothing sent behind a limit: as long as GitHub says, whatever it says it by. */
import { expect, test } from "vitest";
import { checkBlocked } from "../../src/simulation/checker/blocked.ts";
import { createTelling } from "../../src/simulation/telling.ts";

/** Milliseconds; a whole second, as `x-ratelimit-reset` is. */
const NOW = 1_767_636_000_000;

/** A refusal with these headers, and a read so much later (ms): the rules that this breaks. */
function readAfter(pause: number, headers: Readonly<Record<string, string>>) {
  let now = NOW;
  const telling = createTelling({ now: () => now });
  const request = (status: number, message: string, answered: Readonly<Record<string, string>>): void =>
    telling.request(
      { name: "app" },
      "GET",
      "/repos/acme/tools",
      { status, headers: answered, body: Buffer.from(message) },
      "read",
      now,
    );
  request(403, "API rate limit exceeded for installation ID 1.", headers);
  now += pause;
  request(200, "{}", {});
  return checkBlocked({ telling }).map(({ rule }) => rule);
}

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
test.each([
  ["retry-after", { "retry-after": "20" }, 20],
  [
    "the end of the hour",
    { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1_000 + 30) },
    30,
  ],
  ["a minute, where it says neither", { "x-ratelimit-remaining": "17" }, 60],
])("nothing is sent before %s", (_words, headers, seconds) => {
  expect(readAfter(seconds * 1_000 - 2_000, headers)).toEqual(["request-while-blocked"]);
  expect(readAfter(seconds * 1_000, headers)).toEqual([]);
});
