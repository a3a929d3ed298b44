/** Which comments answer the triage command's question, as acts of whoever wrote them. */
import { expect, test } from "vitest";
import { answerActs, firstQuestion } from "../../src/app/observe/answers.ts";
import { type ChainState, emptyChain } from "../../src/core/chain.ts";
import type { Ledger } from "../../src/core/ledger.ts";
import type { HoldMarker, Marker, QuestionMarker } from "../../src/core/marker.ts";
import type { CommentInfo } from "../../src/github/ports.ts";

const issue = { repository: 7, number: 12 };
const hold: HoldMarker = {
  ...{
    v: 1,
    type: "hold",
    issue,
    seq: 4,
    generation: 1,
    reason: "triage-asks",
    detail: "How?",
    evidence: [],
  },
};
const question: QuestionMarker = { v: 1, type: "question", issue, seq: 1, generation: 1, findings: [] };
const ledger = (...markers: readonly (readonly [comment: number, marker: Marker])[]): Ledger => ({
  ...{ inert: [], beyond: [], alarms: new Set(), noted: new Set() },
  visible: new Map(markers.map(([comment, marker]) => [`d${comment}`, { comment, marker }])),
});
const asked: ChainState = {
  ...emptyChain(issue),
  generation: 1,
  hold: { reason: "triage-asks", digest: "d300" },
};
const said = (id: number, change: Partial<CommentInfo> = {}): CommentInfo =>
  ({
    id,
    body: "By commas.",
    appId: null,
    author: { id: 1, login: "maya", type: "User" },
    createdAt: 1_000 * id,
    ...change,
  }) as CommentInfo;
const byMaya = async (login: string): Promise<boolean> => login === "maya";
const idsOf = async (comments: readonly CommentInfo[], state = asked, seen = ledger([300, hold])) =>
  (await answerActs(comments, seen, state, byMaya)).map(({ id }) => id);

test("an answer is a comment behind the question by a person who may ask for work", async () => {
  const acts = await answerActs([said(299), said(301)], ledger([300, hold]), asked, byMaya);
  expect(acts).toEqual([{ id: -301, kind: "answer", actor: { id: 1, login: "maya" }, at: 301_000 }]);
});

test.each<[string, CommentInfo]>([
  ["by somebody who may not", said(301, { author: { id: 2, login: "oda", type: "User" } })],
  ["by a bot", said(301, { author: { id: 1, login: "maya", type: "Bot" } })],
  ["by an app in a person's name", said(301, { appId: 9 })],
  ["that is a command", said(301, { body: "By commas.\n\n/cairn status" })],
  ["that stood there before", said(300)],
])("none is one %s", async (_what, comment) => {
  expect(await idsOf([comment])).toEqual([]);
});

test("none is one that was taken before, and none where nothing is asked or the question is not to be seen", async () => {
  expect(await idsOf([said(301), said(302)], { ...asked, acts: [-301] })).toEqual([-302]);
  const other = { ...asked, hold: { reason: "agent-failed", digest: "d300" } } as const;
  expect(await idsOf([said(301)], other)).toEqual([]);
  expect(await idsOf([said(301)], asked, ledger())).toEqual([]);
  expect(await answerActs([said(301)], undefined, undefined, byMaya)).toEqual([]);
});

test("what counts as part of the text begins with the generation's first question, whoever asked", () => {
  expect(firstQuestion(ledger([300, hold], [310, question]), asked)).toBe(300);
  expect(firstQuestion(ledger([300, question], [310, hold]), asked)).toBe(300);
  expect(firstQuestion(ledger([300, { ...hold, reason: "asked" }]), asked)).toBeUndefined();
  expect(firstQuestion(ledger([300, hold]), { generation: 2 })).toBeUndefined();
  expect(firstQuestion(undefined, undefined)).toBeUndefined();
});
