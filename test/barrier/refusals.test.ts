/** Refusals of the barrier that no comment is to blame for: each has its code (scenarios 13, 15, 20, 24, 31). */
import { expect, test } from "vitest";
import {
  checkPins,
  claimIntent,
  makeSteps,
  proveIntent,
  REFUSALS,
  type RefusalCode,
  readChain,
  stillOwner,
} from "../../src/barrier/index.ts";
import { textDigest } from "../../src/core/canonical.ts";
import { branchCreate } from "../../src/core/keys.ts";
import { scene } from "./scene.ts";

const effects = [branchCreate("cairn/1-g1")];

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (error: { code: RefusalCode }) => error.code,
  );

test("without a chain, and behind the settlement, nothing is open", async () => {
  await using s = await scene();
  expect(await codeOf(proveIntent(s.site, 1))).toBe("nothing-open");
  const { comment } = await s.declare(effects);
  const { value } = await readChain(s.site);
  if (value.kind !== "sound") throw new Error("no chain");
  await makeSteps(s.site, value, [{ step: "seal", why: "act" }], []);
  expect(await codeOf(proveIntent(s.site, comment))).toBe("nothing-open");
});

test("a chain that a person has pushed to proves nothing and owns nothing", async () => {
  await using s = await scene();
  const { proof, claim } = await s.own(effects);
  const { fixture } = s;
  const maya = fixture.as(fixture.tokens.maintainer);
  const head = fixture.repository.refs.get(`refs/cairn/${s.issue}`) ?? "";
  const { tree } = (await s.site.reads.commit(head))?.value ?? { tree: "" };
  const mine = await maya("POST", "~/git/commits", { message: "mine now", tree, parents: [head] });
  await maya("PATCH", `~/git/refs/cairn/${s.issue}`, { sha: mine.body.sha });
  expect(await codeOf(proveIntent(s.site, proof.comment))).toBe("chain-unsound");
  expect(await codeOf(stillOwner(s.site, claim.head, claim.run))).toBe("chain-unsound");
});

test("an owner that is to stop is told so; another run is told that it owns nothing", async () => {
  await using s = await scene();
  const { claim } = await s.own(effects, 5);
  const { value } = await readChain(s.site);
  if (value.kind !== "sound") throw new Error("no chain");
  expect(await codeOf(stillOwner(s.site, claim.head, { id: 6, attempt: 1 }))).toBe("not-owner");
  await makeSteps(s.site, value, [{ step: "cancel", why: "act" }], []);
  expect(await codeOf(stillOwner(s.site, claim.head, claim.run))).toBe("cancelled");
});

test("a rule of GitHub's that refuses the chain's ref is no race: its words are told", async () => {
  await using s = await scene();
  s.fixture.sandbox.services.facts["refs-outside-heads"] = false;
  const { value } = await readChain(s.site);
  if (value.kind !== "absent") throw new Error("there is a chain");
  const raise = { step: "raise", generation: 1, act: 1, with: [] } as const;
  expect(await makeSteps(s.site, value, [raise], [])).toMatchObject({
    kind: "refused",
    refusal: { status: 422, message: "Reference update failed" },
  });
});

test("text and configuration must be what the intent pins", async () => {
  await using s = await scene();
  const pins = { text: textDigest("t", "b"), config: "c", commit: "0".repeat(40), base: "main" };
  const { comment } = await s.declare(effects, { pins });
  const proof = await proveIntent(s.site, comment);
  expect(await codeOf(checkPins(s.site, proof, async () => "c"))).toBe("none");
  expect(await codeOf(checkPins(s.site, proof, async () => "d"))).toBe("config-changed");
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  await maya("PATCH", `~/issues/${s.issue}`, { body: "something else" });
  expect(await codeOf(checkPins(s.site, proof, async () => "c"))).toBe("text-changed");
  // Refused is refused: nobody has claimed meanwhile.
  expect((await claimIntent(s.site, proof, { id: 5, attempt: 1 })).kind).toBe("claimed");
});

test("each refusal says what to do", () => {
  for (const { what, next } of Object.values(REFUSALS)) {
    expect(what).toMatch(/\.$/);
    expect(next).toMatch(/\.$/);
  }
});
