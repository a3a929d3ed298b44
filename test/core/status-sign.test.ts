/** The hidden line by which the app finds its status comment again, and what the ledger makes of such a comment. */
import { describe, expect, test } from "vitest";
import { foldLedger } from "../../src/core/ledger.ts";
import { signed, signOf, statusesOf } from "../../src/core/status-sign.ts";
import { base, declared, issue, stateOf } from "./snapshots.ts";

describe("the sign", () => {
  const body = signed("words", issue);

  test("names the issue, and is the last thing in the comment", () => {
    expect(signOf(body)).toEqual(issue);
    expect(signOf(`${body}\r\n`)).toEqual(issue);
    expect(signOf(`${body} more`)).toBeUndefined();
    expect(signOf(`> ${body.replaceAll("\n", "\n> ")}`)).toBeUndefined();
    expect(signOf("words")).toBeUndefined();
    expect(signed("words \n\n", issue)).toBe(body);
  });

  test("is read with all digits of both numbers, and where it is all that is left of the comment", () => {
    const other = { repository: 7_012_345, number: 123 };
    expect(signOf(signed("words", other))).toEqual(other);
    expect(signOf("<!-- cairn:status v1 7#12 -->")).toEqual(issue);
    expect(signOf("words <!-- cairn:status v1 7#12 -->")).toBeUndefined();
  });

  test("counts by the app alone, on its own issue, the lowest id first", () => {
    const comment = (id: number, appId: number | null, text = body) => ({ id, body: text, appId });
    const elsewhere = signed("words", { repository: 7, number: 13 });
    const marked = `<!-- cairn:marker {} -->\n\n${body}`;
    const all = [comment(4, 99), comment(3, 99), comment(2, 98), comment(1, null), comment(5, 99, elsewhere)];
    expect(statusesOf([...all, comment(0, 99, marked)], issue, 99).map(({ id }) => id)).toEqual([3, 4]);
  });

  test("makes a comment that the ledger leaves alone, but for telling that there was a chain", () => {
    const comment = (appId: number | null, text = body) => ({ id: 1, body: text, appId, author: "x" });
    const chain = stateOf(declared());
    const ledger = (appId: number | null, text?: string, state = chain as typeof chain | undefined) =>
      foldLedger([comment(appId, text)], state, issue, 99);
    expect(ledger(99)).toMatchObject({ inert: [], beyond: [] });
    expect(ledger(null)).toMatchObject({ inert: [], beyond: [] });
    expect(foldLedger([comment(99)], undefined, issue, 99).beyond).toEqual([{ comment: 1, seq: null }]);
    // It waited for its first chain when this was written.
    const waiting = signed("words", issue, "waiting");
    expect(signOf(waiting)).toEqual(issue);
    expect(ledger(99, waiting)).toMatchObject({ inert: [], beyond: [] });
    expect(foldLedger([comment(99, waiting)], undefined, issue, 99)).toMatchObject({ inert: [], beyond: [] });
    // An issue that was transferred has no chain where it is now, and needs none that others cite.
    const moved = signed("words", { repository: 8, number: 3 });
    expect(foldLedger([comment(99, moved)], undefined, issue, 99)).toMatchObject({ inert: [], beyond: [] });
    expect(foldLedger([comment(99)], undefined, base.issue.id, 98)).toMatchObject({ inert: [], beyond: [] });
  });
});
