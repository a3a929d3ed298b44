/** Scenario 28: an issue that stays open is named by its pull request, and not closed by it. */
import { expect, test } from "vitest";
import * as keys from "../../src/core/keys.ts";
import { keepIssue } from "../../src/effects/index.ts";
import { type Scene, scene } from "../memory/scene.ts";

const turn = { generation: 1, attempt: 1 };

async function owned(body: string) {
  const s: Scene = scene();
  s.repository.pulls.open({ title: "t", body, head: "cairn/12-g1", base: "main" });
  const pull = s.repository.pulls.all.get(41);
  if (!pull) throw new Error("no pull request");
  const { claim } = await s.own([keys.merge(41, "h", "merge", turn)]);
  s.site.sent.length = 0;
  return { ...s, pull, claim, keep: () => keepIssue(s.site, claim, pull, "acme/tools") };
}

test("28: the word that closes becomes one that does not, once, and only for this issue", async () => {
  const { site, pull, keep } = await owned("Closes #12\n\nFixes #13");
  expect(await keep()).toMatchObject({ kind: "applied" });
  expect(pull.body).toBe("For #12\n\nFixes #13");
  expect(await keep()).toBeUndefined();
  expect(site.sent).toEqual(["PATCH pull 41"]);
});

test("28: only the owner of the merge changes it: behind a cancel nothing is sent", async () => {
  const { site, step, pull, keep } = await owned("Closes #12");
  await step({ step: "cancel", why: "act" });
  await expect(keep()).rejects.toMatchObject({ name: "Refusal" });
  expect(site.sent).toEqual([]);
  expect(pull.body).toBe("Closes #12");
});
