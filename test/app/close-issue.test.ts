/** An issue is closed behind its merge by what it is at that moment, not by what the look began with. */
import { expect, test } from "vitest";
import { act } from "../../src/app/act.ts";
import { createMemory } from "../../src/app/memory.ts";
import type { Observer } from "../../src/app/observe/index.ts";
import { behind, readChain } from "../../src/barrier/index.ts";
import { agentRun } from "../../src/core/keys.ts";
import type { IssueInfo } from "../../src/github/ports.ts";
import { scene } from "../memory/scene.ts";

/** What is sent where GitHub shows the issue so. */
async function sentFor(issue: Partial<IssueInfo> | undefined): Promise<readonly string[]> {
  const s = scene();
  await s.declare([agentRun(12, { generation: 1, attempt: 1 })]);
  const step = behind(await readChain(s.site));
  s.site.sent.length = 0;
  const read = { value: issue as IssueInfo, readAt: 0, serverTime: 0 };
  const site = { ...s.site, reads: { ...s.site.reads, issue: async () => (issue ? read : undefined) } };
  const observer: Partial<Observer> = { step: () => step };
  const context = {
    site,
    observer: observer as Observer,
    memory: createMemory(),
    workflowFile: "",
    defaultBranch: "main",
  };
  const end = await act(context, { kind: "close-issue" });
  expect(end.kind).toBe("later");
  return s.site.sent.filter((what) => !what.startsWith("GET"));
}

test("26: it is closed while it is open, and not where somebody has opened it again, or it is closed or gone", async () => {
  expect(await sentFor({ state: "open", reopened: false })).toEqual(["close issue 12 as completed"]);
  expect(await sentFor({ state: "open", reopened: true })).toEqual([]);
  expect(await sentFor({ state: "closed", reopened: false })).toEqual([]);
  expect(await sentFor(undefined)).toEqual([]);
});
