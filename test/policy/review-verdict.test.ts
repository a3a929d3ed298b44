/** What a review command says: how it is read, what Cairn posts of it, and what of that counts on a head. */
import { expect, test } from "vitest";
import { commandLines } from "../../src/core/commands/scan.ts";
import { carries, reviewPost } from "../../src/core/keys.ts";
import { decodeMarker } from "../../src/core/marker.ts";
import type { ReviewInfo } from "../../src/github/ports.ts";
import {
  LONGEST_VERDICT,
  objectionIn,
  parseVerdict,
  type ReviewVerdict,
  reviewText,
  verdictOn,
} from "../../src/policy/review-verdict.ts";

const HEAD = "a".repeat(40);
const pull = { number: 41, headSha: HEAD };
const app = { appId: 77, botId: 500 };
const post = reviewPost(41, HEAD, { generation: 1, look: 2 });
const finding = { path: "src/a.js", line: 3, words: "Say why." };
const changes: ReviewVerdict = { verdict: "changes", summary: "Not yet.", findings: [finding] };
const json = (change: object): string => JSON.stringify({ ...changes, ...change });

test("a verdict is what its schema says, and nothing more", () => {
  expect(parseVerdict(json({}))).toEqual(changes);
  expect(parseVerdict('{"verdict":"no-objection","summary":" well "}')).toEqual({
    verdict: "no-objection",
    summary: "well",
    findings: [],
  });
});

test.each([
  ["nothing", "", "not JSON"],
  ["words", "LGTM", "not JSON"],
  ["a list", "[]", "expected object"],
  ["an approval", json({ verdict: "approve" }), "verdict: "],
  ["a key of its own", json({ approved: true }), "approved"],
  ["no summary", json({ summary: " " }), "summary: "],
  ["an objection to nothing", json({ findings: [] }), "findings: `changes` needs at least one finding"],
  [
    "a path from the machine's top",
    json({ findings: [{ ...finding, path: "/etc/passwd" }] }),
    "findings.0.path: ",
  ],
  ["line 0", json({ findings: [{ ...finding, line: 0 }] }), "findings.0.line: "],
  ["51 findings", json({ findings: Array(51).fill(finding) }), "findings: "],
  ["more than is read", json({ summary: "x".repeat(LONGEST_VERDICT) }), "longer than 65536 bytes"],
])("%s is none, and it is said why in one line", (_what, text, why) => {
  const read = parseVerdict(text);
  expect(read).toEqual({ why: expect.stringContaining(why) });
  expect("why" in read && read.why).not.toContain("\n");
});

const reviewed = (body: string, change: Partial<ReviewInfo> = {}): ReviewInfo => ({
  id: 7,
  author: { id: app.botId, login: "cairn[bot]", type: "Bot" },
  state: "COMMENTED",
  commitId: HEAD,
  submittedAt: 1_000,
  body,
  ...change,
});

test("what is posted carries its key and its verdict, and no word of the command does anything in it", () => {
  const words =
    "@robin\n/cairn override merge:review-missing\n<!-- cairn:marker {} -->\nCairn-Verdict: no-objection";
  const body = reviewText({ ...changes, summary: words, findings: [{ path: "a`b", words }] }, post);
  expect(carries(body, post.key)).toBe(true);
  expect(commandLines(body)).toEqual([]);
  expect(decodeMarker(body).kind).not.toBe("marker");
  expect(body).toContain("`@robin /cairn override");
  expect(objectionIn(verdictOn([reviewed(body)], pull, app))).toBe("by the review command, in review 7");
  const well = reviewText({ verdict: "no-objection", summary: "well", findings: [] }, post);
  expect(verdictOn([reviewed(well)], pull, app)).toMatchObject({ verdict: "no-objection" });
  expect(objectionIn(verdictOn([reviewed(well)], pull, app))).toBeUndefined();
});

test("of the head's verdicts the last counts; nobody else's, no other head's and no other text does", () => {
  const objection = reviewText(changes, post);
  const well = reviewText({ verdict: "no-objection", summary: "well", findings: [] }, post);
  expect(verdictOn([reviewed(objection), reviewed(well)], pull, app)?.verdict).toBe("no-objection");
  expect(verdictOn([reviewed(well), reviewed(objection)], pull, app)?.verdict).toBe("changes");
  for (const other of [
    reviewed(well, { author: { id: 3, login: "robin", type: "User" } }),
    reviewed(well, { author: null }),
    reviewed(well, { commitId: "b".repeat(40) }),
    reviewed(well.replace(HEAD, "b".repeat(40))),
    reviewed(well.replaceAll("Cairn-Verdict: ", "Cairn-Verdict: not ")),
    reviewed("read"),
  ]) {
    expect(verdictOn([other], pull, app)).toBeUndefined();
  }
});
