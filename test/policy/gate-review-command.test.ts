/** A review command at the merge gate: asked about each head once, and heard where it objects. */
import { expect, test } from "vitest";
import { reviewPost } from "../../src/core/keys.ts";
import type { ReviewInfo } from "../../src/github/ports.ts";
import type { GateFacts } from "../../src/policy/gate/facts.ts";
import { judgeMerge } from "../../src/policy/gate/judge.ts";
import { reviewText } from "../../src/policy/review-verdict.ts";
import { config, good, HEAD, review, unmet } from "./gate-facts.ts";

const COMMANDED: Partial<GateFacts> = {
  commandReview: { looked: null },
  config: { ...config, review: { command: "r", timeoutMinutes: 1 } },
};
const postedBy = (verdict: "changes" | "no-objection"): ReviewInfo => {
  const words = { summary: "s", findings: verdict === "changes" ? [{ path: "a", words: "b" }] : [] };
  const body = reviewText({ verdict, ...words }, reviewPost(41, HEAD, { generation: 1, look: 1 }));
  const author = { id: 500, login: "cairn[bot]", type: "Bot" } as const;
  return { ...review(9, "cairn[bot]", { state: "COMMENTED", body }), author };
};

test("a review command is asked about each head before people are, once, and may object", () => {
  const facts = { ...good, ...COMMANDED };
  expect(judgeMerge({ ...facts, reviews: [] })).toEqual({ kind: "review", head: HEAD, pull: 41 });
  expect(unmet({ ...good, ...COMMANDED })).toEqual(["review-command"]);
  const agreed = postedBy("no-objection");
  expect(judgeMerge({ ...facts, reviews: [agreed] })).toMatchObject({
    kind: "waits",
    code: "review-missing",
  });
  expect(judgeMerge({ ...facts, reviews: [review(1, "robin"), agreed] })).toMatchObject({ kind: "open" });
  const reviews = [review(1, "robin"), postedBy("changes")];
  // It counts whatever the configuration has become, and no approval takes it back.
  for (const now of [facts, good])
    expect(judgeMerge({ ...now, reviews })).toEqual({
      kind: "refused",
      head: HEAD,
      reason: "changes-requested",
      detail: "by the review command, in review 9",
    });
});

test("where people ask for changes beside the command's objection, they are the ones to look again", () => {
  const asked = review(1, "robin", { state: "CHANGES_REQUESTED", commitId: "0".repeat(40) });
  expect(judgeMerge({ ...good, reviews: [asked, postedBy("changes")] })).toMatchObject({
    kind: "refused",
    detail: "by the review command, in review 9",
    askedBy: ["robin"],
  });
  // Nothing more is read where nobody does.
  const { config: _1, permissions: _2, ...unread } = good;
  expect(judgeMerge({ ...unread, reviews: [postedBy("changes")] })).toMatchObject({ kind: "refused" });
});

test("a command that was asked about the head and said nothing of use refuses it; two people can do without", () => {
  const facts = { ...good, ...COMMANDED, commandReview: { looked: HEAD } };
  expect(judgeMerge(facts)).toMatchObject({ kind: "refused", reason: "review-unusable" });
  expect(judgeMerge({ ...facts, aside: new Set(["review-unusable"]) })).toMatchObject({ kind: "open" });
  // Another head is another question, which nobody has set aside.
  const older = { ...facts, commandReview: { looked: "0".repeat(40) }, aside: new Set(["review-unusable"]) };
  expect(judgeMerge(older)).toMatchObject({ kind: "review" });
});

test("without a command, or for work that began without one, nobody is asked, and nothing is read for it", () => {
  expect(unmet({ ...good, ...COMMANDED, config })).toEqual([]);
  const { config: _config, ...unread } = { ...good, reviews: [] };
  expect(judgeMerge(unread)).toMatchObject({ kind: "waits", code: "review-missing" });
  expect(judgeMerge({ ...unread, commandReview: { looked: null } })).toEqual({
    kind: "look",
    part: "config",
  });
});
