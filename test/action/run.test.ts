/** A job that fails says so in one line: a code of the list, what happened, what to do. */
import { expect, test } from "vitest";
import { CommandStopped } from "../../action/command-process.ts";
import { Unfinished } from "../../action/conclude.ts";
import { ExchangeError } from "../../action/exchange.ts";
import { InputError } from "../../action/job-failure.ts";
import { failureWords } from "../../action/run.ts";
import { Refusal } from "../../src/barrier/index.ts";
import { JOB_FAILURES, type JobCode } from "../../src/core/refusals.ts";
import { GitHubError } from "../../src/github/index.ts";

test.each<[JobCode, unknown, string]>([
  ["bad-input", new InputError("the input 'app' is missing"), "the input 'app' is missing"],
  ["github-error", new GitHubError("forbidden", "GET /x", "403 no"), "GET /x: 403 no"],
  ["command-stopped", new CommandStopped("SIGTERM"), "the job was cancelled (SIGTERM)"],
  ["unfinished", new Unfinished("no answer came"), "no answer came"],
  ["unexpected", new TypeError("undefined is not a function"), "undefined is not a function"],
  ["unexpected", "a word", "a word"],
])("%s", (code, error, words) => {
  const said = failureWords(error);
  expect(said).toContain(`failed (${code}): ${words}`);
  expect(said.endsWith(`. Next: ${JOB_FAILURES[code].next}`)).toBe(true);
});

test("what barrier and exchange refuse keeps its own code", () => {
  expect(failureWords(new Refusal("expired", "it is late"))).toMatch(
    /^refused \(expired\): it is late\. Next: /,
  );
  expect(failureWords(new ExchangeError("bad-token", "none."))).toMatch(
    /^no token \(bad-token\): none\. Next: /,
  );
});
