/** What is told of a check's log: its end, in one line and as a file, with nothing in it that should stay where it is. */
import { expect, test } from "vitest";
import { createLogTail, withoutSecrets } from "../../action/log-tail.ts";

test.each([
  ["a job's token", "ghs_0123456789abcdefABCDEF", "***"],
  ["a fine-grained token", "with github_pat_11ABCDEFG0123456789_abcdef.", "with ***."],
  ["a token of npm's", "//registry/:_authToken=npm_0123456789abcdefghij", "//registry/:_authToken=***"],
  [
    "an account in an address",
    "git clone https://x-access-token:abc@host/a/b",
    "git clone https://***@host/a/b",
  ],
  ["an authorization", "authorization: Bearer abcdefgh12345", "authorization: Bearer ***"],
  ["a password in a variable", 'DB_PASSWORD="correct-horse"', 'DB_PASSWORD="***"'],
  ["a token behind its name", "{ authToken: 'abcdefghij' }", "{ authToken: '***' }"],
  ["a web token", "eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", "***"],
  [
    "a private key",
    "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
    "a\n***\nb",
  ],
  ["a private key without an end", "a\n-----BEGIN PRIVATE KEY-----\nMIIE", "a\n***"],
  ["a known value, and one that contains it", "value-1 value-1-and-more", "*** ***"],
])("%s is hidden", (_what, text, shown) => {
  expect(withoutSecrets(text, ["value-1", "value-1-and-more"])).toBe(shown);
});

test.each([
  "SyntaxError: Unexpected token identifier",
  "expected 3 but got 4",
  "a/b.ts:12:5 error TS2304",
  "https://host:8080/x",
])("what is none stays: %s", (text) => {
  expect(withoutSecrets(text, [])).toBe(text);
});

test("a secret that the end of the log would cut in half is hidden as a whole", () => {
  const tail = createLogTail(["known-secret-value"]);
  for (let line = 0; line < 20_000; line += 1) tail.add(`${line} known-secret-value`);
  const log = tail.log();
  expect(log.length).toBeLessThanOrEqual(16_384);
  expect(log).not.toMatch(/secret|value/);
  expect(log.endsWith("19999 ***")).toBe(true);
  expect(tail.detail("npm test ended with 1")).toMatch(/^npm test ended with 1: ….*19999 \*\*\*$/);
});

test("a command that is long leaves room for what it said", () => {
  const tail = createLogTail([]);
  tail.add("not ok");
  const detail = tail.detail("x".repeat(5_000));
  expect(detail.length).toBeLessThan(200);
  expect(detail.endsWith("…: not ok")).toBe(true);
});

test("lines that would take a slow pattern long are told at once", () => {
  const tail = createLogTail([]);
  for (const part of ["eyJaaaaaaaa-", "token    ", "://", "-----BEGIN PRIVATE KEY", "sk-"])
    tail.add(part.repeat(20_000 / part.length));
  const before = performance.now();
  tail.detail("x");
  expect(performance.now() - before).toBeLessThan(1_000);
});
