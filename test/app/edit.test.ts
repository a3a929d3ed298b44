/** Who made the issue's text what it is, and with what right: asked of GitHub, and believed only where it fits together. */

import { expect, test } from "vitest";
import { createAsked } from "../../src/app/observe/asked.ts";
import { readEdit } from "../../src/app/observe/edit.ts";
import type { Reader } from "../../src/app/observe/reader.ts";
import { textDigest } from "../../src/core/canonical.ts";
import { type ChainState, emptyChain } from "../../src/core/chain.ts";
import { ENTRY_LABEL } from "../../src/core/entry-label.ts";
import type { EditView } from "../../src/core/snapshot.ts";
import { workTextOf } from "../../src/core/work-text.ts";
import type { GitHubReads, IssueInfo } from "../../src/github/ports.ts";
import { scene } from "../barrier/scene.ts";
import { repositoryOf } from "./repository.ts";

/** An issue of somebody without the right, and agents at work on what she wrote. */
async function opened() {
  const s = await scene();
  const { sandbox, repository, tokens, as } = s.fixture;
  sandbox.addCollaborator(repository, "oda", "read");
  const people = {
    oda: as(tokens.outsider),
    maya: as(tokens.maintainer),
    cairn: as(await s.fixture.installationToken()),
  };
  const { number } = (await people.oda("POST", "~/issues", { title: "t", body: "b" })).body;
  const site = { ...s.site, issue: { ...s.site.issue, number } };
  const issueNow = async (): Promise<IssueInfo> => {
    const read = await site.reads.issue(number);
    if (!read) throw new Error("no issue");
    return read.value;
  };
  const worksOn = workTextOf({ title: "t", text: textDigest("t", "b") });
  const state: ChainState = { ...emptyChain(site.issue), generation: 1, worksOn };
  return {
    /** A second later somebody makes it this. */
    async edit(who: keyof typeof people, fields: Record<string, unknown>, later = 1_000): Promise<void> {
      sandbox.clock.advance(later);
      const { status } = await people[who]("PATCH", `~/issues/${number}`, fields);
      if (status !== 200) throw new Error(`${who} may not: ${status}`);
    },
    /** Who it was, in a word. `issue`: as it was read. */
    async who(reads: Partial<GitHubReads> = {}, issue?: IssueInfo): Promise<string> {
      const reader: Reader = {
        site: { ...site, reads: { ...site.reads, ...reads } },
        repository: repositoryOf(repository.id),
        workflowFile: "cairn.yml",
        note: (read) => read.value,
        now: () => sandbox.clock.now(),
        state: () => state,
        headMadeAt: () => undefined,
      };
      const label = { known: () => ENTRY_LABEL, read: async () => ENTRY_LABEL };
      return wordOf(await readEdit(reader, issue ?? (await issueNow()), createAsked(reader, "work", label)));
    },
    issueNow,
    reads: site.reads,
    number,
    [Symbol.asyncDispose]: () => s[Symbol.asyncDispose](),
  };
}

function wordOf(edit: EditView): string {
  if (edit.kind === "unclear") return edit.kind;
  return `${edit.actor?.login} ${edit.permitted ? "may" : "may not"}`;
}

test("whoever made the last edit counts, of the body or of the title", async () => {
  await using s = await opened();
  await s.edit("oda", { body: "c" });
  expect(await s.who()).toBe("oda may not");
  await s.edit("maya", { title: "u" });
  expect(await s.who()).toBe("maya may");
  await s.edit("oda", { title: "v" });
  expect(await s.who()).toBe("oda may not");
  await s.edit("maya", { body: "d" });
  expect(await s.who()).toBe("maya may");
  // Nobody has to have seen a title that was taken back.
  await s.edit("oda", { title: "t" });
  expect(await s.who()).toBe("maya may");
  await s.edit("cairn", { body: "e" });
  const permission = await s.reads.permission("maya");
  // Whatever somebody may have let the app do.
  expect(await s.who({ permission: async () => permission })).toBe("cairn[bot] may not");
});

test("of edits within one second nobody can say which was the last: all have to be by people who may ask", async () => {
  await using s = await opened();
  await s.edit("oda", { title: "u" });
  const { value: events } = await s.reads.issueEvents(s.number);
  const row = await s.reads.lastEdit(s.number);
  if (!row) throw new Error("no issue");
  const at = events.at(-1)?.createdAt ?? 0;
  const by = (id: number, login: string, when: number): Partial<GitHubReads> => ({
    lastEdit: async () => ({ ...row, value: { ...row.value, edit: { actor: { id, login }, at: when } } }),
  });
  expect(await s.who(by(2, "maya", at))).toBe("oda may not");
  expect(await s.who(by(2, "maya", at + 1_000))).toBe("maya may");
  expect(await s.who(by(2, "maya", at - 1_000))).toBe("oda may not");
  const gone: Partial<GitHubReads> = {
    lastEdit: async () => ({ ...row, value: { ...row.value, edit: { actor: null, at: at + 1_000 } } }),
  };
  expect(await s.who(gone)).toBe("undefined may not");
});

test("what does not fit together is not believed: another text in the row, a title that no event shows, no edit at all", async () => {
  await using s = await opened();
  const before = await s.issueNow();
  await s.edit("maya", { title: "u", body: "c" });
  const old = await s.issueNow();
  const events = await s.reads.issueEvents(s.number);
  expect(await s.who({}, before)).toBe("unclear");
  await s.edit("oda", { body: "d" });
  expect(await s.who({}, old)).toBe("unclear");
  await s.edit("oda", { title: "w" });
  // Maya's edit is all that the list of events shows, and it was not hers that gave it this title.
  expect(await s.who({ issueEvents: async () => events })).toBe("unclear");
  expect(await s.who({ issueEvents: async () => ({ ...events, value: [] }) })).toBe("unclear");
  expect(await s.who({ lastEdit: async () => undefined })).toBe("unclear");
  const row = await s.reads.lastEdit(s.number);
  const title = { ...(await s.issueNow()), title: "t" };
  const never = row && { ...row, value: { ...row.value, title: "t", edit: null } };
  expect(await s.who({ lastEdit: async () => never }, title)).toBe("unclear");
});
