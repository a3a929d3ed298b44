/** `untested-base: update`, read from GitHub: which head is brought up to date, and which is left to people. */
import { expect, test } from "vitest";
import { DEFAULTS } from "../../src/policy/config/index.ts";
import { readGate } from "../../src/policy/gate/index.ts";
import { scene } from "../barrier/scene.ts";

/** GitHub computes whether it can be merged a while after each change. */
const PATIENT = { timeout: 20_000 };

const config = {
  ...DEFAULTS,
  checks: "allow-none",
  merge: "on-green-with-review",
  untestedBase: "update",
} as const;

test("a head that lacks the base's newest commit is updated, unless two people have set conditions aside for it", async () => {
  await using s = await scene();
  const { fixture, site } = s;
  fixture.sandbox.addCollaborator(fixture.repository, "oda", "maintain");
  const { number, head } = await s.openPull();
  const at = async (overrides: Parameters<typeof readGate>[1]["overrides"] = []) =>
    (
      await readGate(site, {
        pull: number,
        ...{ base: "main", here: "acme/tools", synthetic: false, commandReview: null, queued: null },
        updated: 0,
        config: async () => config,
        overrides,
      })
    )?.view;
  const person = fixture.as(fixture.tokens.maintainer);
  const file = { message: "Elsewhere", content: Buffer.from("x\n").toString("base64") };
  const now = (await site.reads.pull(number))?.serverTime ?? 0;
  const aside = ["maya", "oda"].map((login, index) => ({
    id: index + 1,
    actor: { id: index + 1, login },
    action: "merge:review-missing",
    head,
    at: now,
  }));
  await expect.poll(() => at(aside), PATIENT).toMatchObject({ kind: "open", despite: aside });
  expect((await person("PUT", "~/contents/elsewhere.txt", file)).status).toBe(201);
  await expect
    .poll(() => at(aside), PATIENT)
    .toEqual({
      kind: "waits",
      head,
      code: "base-moved",
      for: `main to be merged into #${number}, which undoes what two people have set aside for ${head.slice(0, 12)}`,
      again: null,
    });
  await fixture.as(fixture.tokens.reviewer)("POST", `~/pulls/${number}/reviews`, { event: "APPROVE" });
  await expect.poll(() => at(), PATIENT).toMatchObject({ kind: "update", head, pull: number });
});
