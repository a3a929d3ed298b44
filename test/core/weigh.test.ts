/** Which acts count as the chain stands, and what is said to the others. */
import { expect, test } from "vitest";
import { type ChainState, emptyChain } from "../../src/core/chain.ts";
import { commandsOf } from "../../src/core/commands/comment-act.ts";
import type { JudgedAct } from "../../src/core/snapshot.ts";
import { deedOf, reactionTo, wantOf, weigh } from "../../src/core/weigh.ts";
import { base, judged } from "./snapshots.ts";

const maya = { id: 1, login: "maya" };
const wrote = (line: string, permitted = true, id = 8): JudgedAct => {
  const commands = commandsOf(id, line);
  if (!commands) throw new Error(`no command in ${line}`);
  return { id: -id, actor: maya, at: 1, ...judged(permitted), ...commands };
};
const EMPTY = emptyChain({ repository: 7, number: 12 });
const LIVE: ChainState = { ...EMPTY, generation: 1, applied: ["implement"] };
const OPEN = { ...EMPTY, generation: 1, open: {} } as ChainState;
const MERGED: ChainState = { ...LIVE, applied: ["implement", "merge"] };
const on = (reason: NonNullable<ChainState["hold"]>["reason"]): ChainState => ({
  ...LIVE,
  hold: { reason, digest: "d" },
});

/** `counts`, or what is said. */
function saidTo(line: string, chain: ChainState): string {
  const { counting, idle } = weigh({ ...base, acts: [wrote(line)] }, chain);
  if (counting.length > 0) return "counts";
  const says = idle[0]?.says;
  return says?.about === "nothing" ? says.why : (says?.about ?? "asked");
}

const NOTHING_HELD = "nothing is held here. `/cairn ready` or `/cairn retry` begins a generation.";
const NOT_TRIED = "nothing was tried yet. `/cairn ready` begins.";
const STOPPED = "somebody asked for a hold: `/cairn resume` lifts it.";
const NO_WORK = "nobody has asked for work that could be stopped.";
const NO_APPROVAL = "Cairn has asked for no approval here. Pull requests are approved by a review on GitHub.";
const NO_YES = "nothing waits for a yes or a no.";

test.each<[line: string, chain: ChainState, says: string]>([
  ["/cairn ready", EMPTY, "counts"],
  ["/cairn ready", on("asked"), "counts"],
  ["/cairn hold wait", MERGED, "counts"],
  ["/cairn resume", EMPTY, NOTHING_HELD],
  ["/cairn resume", LIVE, NOTHING_HELD],
  ["/cairn resume", MERGED, NOTHING_HELD],
  ["/cairn resume", on("cancelled"), NOTHING_HELD],
  ["/cairn resume", on("asked"), "counts"],
  ["/cairn resume", on("check-failed"), "counts"],
  ["/cairn retry", EMPTY, NOT_TRIED],
  ["/cairn retry", MERGED, "counts"],
  ["/cairn retry", LIVE, "counts"],
  ["/cairn retry", on("asked"), STOPPED],
  ["/cairn retry", on("check-failed"), "counts"],
  // An issue can be held before any generation: nothing was tried, and a retry lifts that as a resume does.
  ["/cairn retry", { ...on("config-invalid"), generation: 0 }, "counts"],
  ["/cairn cancel", EMPTY, NO_WORK],
  ["/cairn cancel", MERGED, NO_WORK],
  ["/cairn cancel", on("cancelled"), NO_WORK],
  ["/cairn cancel", LIVE, "counts"],
  ["/cairn cancel", on("asked"), "counts"],
  ["/cairn cancel", on("check-failed"), "counts"],
  ["/cairn reject no", EMPTY, NO_YES],
  ["/cairn reject no", MERGED, NO_YES],
  ["/cairn reject no", { ...LIVE, applied: [] }, NO_YES],
  ["/cairn reject no", LIVE, "counts"],
  ["/cairn reject no", OPEN, "counts"],
  ["/cairn reject no", on("check-failed"), NO_YES],
  ["/cairn approve", LIVE, NO_APPROVAL],
  ["/cairn approve", on("check-failed"), NO_APPROVAL],
  ["/cairn approve", on("only-suggests"), "counts"],
  ["/cairn help", LIVE, "asked"],
  ["/cairn redy", LIVE, "problems"],
])("%s", (line, chain, says) => {
  expect(saidTo(line, chain)).toBe(says);
});

test("what is said names what was written, and what was not understood is said line by line", () => {
  const { idle } = weigh({ ...base, acts: [wrote("/cairn cancel"), wrote("/cairn redy", true, 9)] }, EMPTY);
  expect(idle.map(({ says }) => says)).toMatchObject([
    { about: "nothing", wrote: "/cairn cancel" },
    { about: "problems", problems: [{ found: "/cairn redy" }] },
  ]);
});

test("a label that is taken off once more, behind the word that gave the work up, is named as what was done", () => {
  const off: JudgedAct = {
    id: 9,
    kind: "cancel",
    actor: maya,
    at: 2,
    label: "cairn:implementing",
    permitted: true,
  };
  expect(weigh({ ...base, acts: [wrote("/cairn cancel"), off] }, OPEN)).toMatchObject({
    counting: [{ id: -8 }],
    idle: [{ act: off, says: { about: "nothing", wrote: "@maya removed cairn:implementing", why: NO_WORK } }],
  });
});

test("an edit counts where work is under way, and is told nothing elsewhere", () => {
  const edit: JudgedAct = { id: -(2 ** 52), kind: "edit", actor: maya, at: 1, permitted: true };
  const counts = (chain: ChainState, ...acts: JudgedAct[]) => {
    const { counting, idle } = weigh({ ...base, acts }, chain);
    expect(idle).toEqual([]);
    return counting.map(({ kind }) => kind);
  };
  expect(counts(OPEN, edit)).toEqual(["edit"]);
  expect(counts(EMPTY, edit)).toEqual([]);
  expect(counts(on("agent-failed"), edit)).toEqual([]);
  expect(counts(OPEN, wrote("/cairn hold x"), edit)).toEqual(["hold"]);
  expect(counts(OPEN, wrote("/cairn cancel"), edit)).toEqual(["cancel"]);
  expect(counts(OPEN, wrote("/cairn hold x"), wrote("/cairn ready", true, 9), edit)).toEqual([
    "hold",
    "ready",
    "edit",
  ]);
  expect([wantOf(edit), deedOf(edit)]).toEqual(["ready", "@maya edited the text"]);
});

test("each act counts as the one before it leaves things", () => {
  const says = (...lines: string[]): unknown[] => {
    const acts = lines.map((line, at) => wrote(line, true, 10 + at));
    const { counting } = weigh({ ...base, acts }, LIVE);
    return counting.map(({ id }) => -id - 10);
  };
  expect(says("/cairn hold x", "/cairn resume")).toEqual([0, 1]);
  expect(says("/cairn hold x", "/cairn retry")).toEqual([0]);
  expect(says("/cairn cancel", "/cairn resume")).toEqual([0]);
  expect(says("/cairn cancel", "/cairn cancel")).toEqual([0]);
  expect(says("/cairn reject x", "/cairn retry")).toEqual([0]);
  expect(says("/cairn hold x", "/cairn ready", "/cairn retry")).toEqual([0, 1, 2]);
});

test("no acts are none; those of who may not are refused, whatever they ask; each is shown what it comes to", () => {
  const { acts: _, ...without } = base;
  expect(weigh(without, LIVE)).toEqual({ counting: [], idle: [], overrides: [], refused: [] });
  const refused = wrote("/cairn override merge:check-failed", false, 11);
  const override = wrote("/cairn override path:src/", true, 12);
  const ready = wrote("/cairn ready", true, 13);
  const asks = wrote("/cairn help", true, 14);
  const typo = wrote("/cairn redy", true, 15);
  const weighed = weigh({ ...base, acts: [refused, override, ready, asks, typo] }, LIVE);
  expect(weighed.refused).toEqual([refused]);
  expect(weighed.overrides).toEqual([override]);
  expect([refused, override, ready, asks, typo].map((act) => reactionTo(act, weighed))).toEqual([
    "-1",
    "+1",
    "+1",
    "eyes",
    "confused",
  ]);
});

test("what obeying comes to, and the deed in words", () => {
  expect(
    (["ready", "resume", "retry", "approve", "hold", "reject", "cancel"] as const).map((kind) =>
      wantOf({ kind }),
    ),
  ).toEqual(["ready", "ready", "ready", "ready", "hold", "hold", "cancel"]);
  for (const kind of ["override", "asks", "unreadable"] as const) expect(wantOf({ kind })).toBeUndefined();
  expect(deedOf(wrote("/cairn hold x"))).toBe("@maya wrote /cairn hold");
  expect(deedOf({ id: 1, kind: "ready", actor: maya, at: 1, label: "work for me" })).toBe(
    "@maya set work for me",
  );
  expect(deedOf({ id: 1, kind: "cancel", actor: maya, at: 1, label: "cairn:ready" })).toBe(
    "@maya removed cairn:ready",
  );
});

test("who stops what was suggested is obeyed, whoever approves behind them", () => {
  const acts = [wrote("/cairn hold x"), wrote("/cairn approve", true, 9)];
  const { counting, idle } = weigh({ ...base, acts }, on("only-suggests"));
  expect(counting).toMatchObject([{ kind: "hold" }]);
  expect(idle).toMatchObject([{ says: { about: "nothing", why: NO_APPROVAL } }]);
});
