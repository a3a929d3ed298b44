/** Scenario 10: an intent that is not what it should be authorises nothing; each case has its own code. */
import { expect, test } from "vitest";
import { claimIntent, makeSteps, proveIntent, readChain, stillOwner } from "../../src/barrier/index.ts";
import { branchCreate } from "../../src/core/keys.ts";
import { encodeMarker } from "../../src/core/marker.ts";
import { scene } from "./scene.ts";

const effects = [branchCreate("cairn/1-g1")];

test("a comment that is absent, edited, forged, copied or truncated proves nothing", async () => {
  await using s = await scene();
  const { comment, marker } = await s.declare(effects);
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  const code = async (id: number): Promise<string> =>
    proveIntent(s.site, id).then(
      () => "proven",
      (error: { code: string }) => error.code,
    );
  expect(await code(comment)).toBe("proven");
  expect(await code(999_999)).toBe("not-visible");
  const forged = (await maya("POST", `~/issues/${s.issue}/comments`, { body: encodeMarker("x", marker) }))
    .body.id;
  expect(await code(forged)).toBe("not-ours");
  const write = async (body: string): Promise<number> => {
    const end = await s.site.writes.createComment(s.issue, body);
    return end.kind === "applied" ? end.value.id : 0;
  };
  expect(await code(await write(encodeMarker("x", { ...marker, why: "more" })))).toBe("undeclared");
  expect(await code(await write(encodeMarker("x", { ...marker, generation: 9 })))).toBe("not-current");
  const elsewhere = { ...marker, issue: { ...marker.issue, number: 99 } };
  expect(await code(await write(encodeMarker("x", elsewhere)))).toBe("other-issue");
  expect(await code(await write("no marker"))).toBe("no-marker");
  // Anybody with write access can edit the app's comment; the digest tells.
  const body = (await maya("GET", `~/issues/comments/${comment}`)).body.body as string;
  await maya("PATCH", `~/issues/comments/${comment}`, { body: `${body} edited` });
  expect(await code(comment)).toBe("no-marker");
  await maya("DELETE", `~/issues/comments/${comment}`);
  expect(await code(comment)).toBe("not-visible");
});

test("an intent that has expired is not taken up", async () => {
  await using s = await scene();
  const { comment } = await s.declare(effects, { until: s.fixture.sandbox.clock.now() + 60_000 });
  await expect(proveIntent(s.site, comment)).resolves.toBeTruthy();
  s.fixture.sandbox.clock.advance(62_000);
  await expect(proveIntent(s.site, comment)).rejects.toMatchObject({ code: "expired" });
});

test("scenario 4: ten runs race for one edge, one claims, the others write nothing", async () => {
  await using s = await scene();
  const { comment } = await s.declare(effects);
  const proof = await proveIntent(s.site, comment);
  const ends = await Promise.all(
    Array.from({ length: 10 }, (_, run) => claimIntent(s.site, proof, { id: run + 1, attempt: 1 })),
  );
  expect(ends.filter((end) => end.kind === "claimed")).toHaveLength(1);
  expect(ends.filter((end) => end.kind === "lost")).toHaveLength(9);
});

test("scenario 9: two replicas declare at once, one step of the chain is made", async () => {
  await using s = await scene();
  const { value } = await readChain(s.site);
  if (value.kind !== "absent") throw new Error("there is a chain");
  const raise = { step: "raise", generation: 1, act: 1, with: [] } as const;
  const ends = await Promise.all([1, 2, 3].map(() => makeSteps(s.site, value, [raise], [])));
  expect(ends.map((end) => end.kind).sort()).toEqual(["lost", "lost", "made"]);
});

test("a step whose answer is lost is settled by reading the head (I2)", async () => {
  for (const kind of ["answer-lost", "request-lost", "half-body"] as const) {
    await using s = await scene();
    s.fixture.sandbox.faults.add({ method: "POST", path: "/repos/{owner}/{repo}/git/refs", fault: { kind } });
    const { value } = await readChain(s.site);
    if (value.kind !== "absent") throw new Error("there is a chain");
    const end = await makeSteps(s.site, value, [{ step: "raise", generation: 1, act: 1, with: [] }], []);
    expect(end.kind).toBe("made");
    expect((await readChain(s.site)).value).toMatchObject({ kind: "sound", state: { generation: 1 } });
  }
});

test("the owner is known by run and attempt, and by its claim being the head", async () => {
  await using s = await scene();
  const { claim } = await s.own(effects, 5);
  await expect(stillOwner(s.site, claim.head, { id: 5, attempt: 1 })).resolves.toBeTruthy();
  await expect(stillOwner(s.site, claim.head, { id: 5, attempt: 2 })).rejects.toMatchObject({
    code: "not-owner",
  });
  await expect(stillOwner(s.site, claim.head, { id: 6, attempt: 1 })).rejects.toMatchObject({
    code: "not-owner",
  });
});

test("scenario 15: a chain that somebody else moved is not the app's, whatever its message says", async () => {
  await using s = await scene();
  await s.own(effects);
  const { fixture, site } = s;
  const head = fixture.repository.refs.get(`refs/cairn/${s.issue}`) ?? "";
  const mine = await site.reads.commit(head);
  const maya = fixture.as(fixture.tokens.maintainer);
  // The very record of the app, in a commit of a person: GitHub signs only what the app itself makes.
  const tree = mine?.value.tree ?? "";
  const copy = await maya("POST", "~/git/commits", { message: mine?.value.message, tree, parents: [head] });
  await maya("PATCH", `~/git/refs/cairn/${s.issue}`, { sha: copy.body.sha });
  expect((await readChain(site)).value).toMatchObject({ kind: "foreign", why: "GitHub did not sign it" });
});
