/** Proof of an intent: each way in which a comment is none has its own code and its own words (I1, I7). */
import { expect, test } from "vitest";
import { checkPins, proveIntent, Refusal, waitUntilIntentVisible } from "../../../src/barrier/index.ts";
import { textDigest } from "../../../src/core/canonical.ts";
import { branchCreate } from "../../../src/core/keys.ts";
import { encodeMarker, type HoldMarker, type IntentMarker } from "../../../src/core/marker.ts";
import type { CommentInfo } from "../../../src/github/ports.ts";
import { RUN, type Scene, scene } from "../../memory/scene.ts";

const EFFECTS = [branchCreate("cairn/12-g1")];

/** The refusal as `code: words`. */
const told = async (end: Promise<unknown>): Promise<string> => {
  try {
    await end;
    return "proven";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.name).toBe("Refusal");
    return `${error.code}: ${error.message}`;
  }
};

test("the proof holds what was proven: comment, marker, open edge, head and when it was read", async () => {
  const { repository, site, declare, sound } = scene();
  const { marker, comment } = await declare(EFFECTS);
  repository.clock.now = 70;
  const view = await sound();
  expect(await proveIntent(site, comment)).toEqual({
    comment,
    marker,
    open: view.state.open,
    view,
    readAt: 70,
  });
});

test("a chain that is absent, foreign or without an open edge proves nothing, and no comment is read", async () => {
  const { repository, site, declare, step } = scene();
  expect(await told(proveIntent(site, 1))).toBe("nothing-open: the issue has no chain");
  const { comment } = await declare(EFFECTS);
  await step({ step: "seal", why: "act" });
  expect(await told(proveIntent(site, comment))).toBe("nothing-open: no edge of this issue is open");
  const foreign = repository.addCommit("Merge", [], { verified: false });
  repository.git.refs.set("refs/cairn/12", foreign);
  expect(await told(proveIntent(site, comment))).toBe(
    `chain-unsound: the chain's head ${foreign} is not the app's: GitHub did not sign it`,
  );
});

const proven = async (
  change: (marker: IntentMarker) => string,
  fields: Partial<CommentInfo> = {},
): Promise<string> => {
  const { repository, site, declare } = scene();
  const { marker } = await declare(EFFECTS);
  return told(proveIntent(site, repository.addComment(change(marker), fields)));
};
const write = (marker: IntentMarker | HoldMarker): string => encodeMarker("words", marker);

test("a comment that is not there, not the app's, not a marker or another issue's", async () => {
  const { site, declare } = scene();
  await declare(EFFECTS);
  expect(await told(proveIntent(site, 9))).toBe("not-visible: comment 9 is not there, or not to be seen yet");
  const maya = { author: { id: 1, login: "maya", type: "User" }, appId: null } as const;
  expect(await proven(write, maya)).toBe("not-ours: maya wrote comment 2, not the app");
  expect(await proven(write, { appId: 15_368 })).toMatch(/^not-ours: /);
  expect(await proven(() => "words")).toBe("no-marker: comment 2: it ends without a marker");
  expect(await proven((marker) => `${write(marker)} more`)).toBe(
    "no-marker: comment 2: the block is not the last thing in the comment",
  );
  const belongs = "it belongs to issue";
  expect(await proven((marker) => write({ ...marker, issue: { repository: 7, number: 99 } }))).toBe(
    `other-issue: ${belongs} 99 of repository 7`,
  );
  expect(await proven((marker) => write({ ...marker, issue: { repository: 8, number: 12 } }))).toBe(
    `other-issue: ${belongs} 12 of repository 8`,
  );
});

test("a marker that is no intent, not the open one, or not the declared one", async () => {
  const hold = ({ issue }: IntentMarker): HoldMarker => ({
    v: 1,
    type: "hold",
    issue,
    seq: 2,
    generation: 1,
    reason: "asked",
    detail: "",
    evidence: [],
  });
  expect(await proven((marker) => write(hold(marker)))).toBe("no-marker: comment 2 holds a hold");
  const open = "is not open: implement/1 of 1 is";
  for (const [change, words] of [
    [{ generation: 2 }, `implement/1 of generation 2 ${open}`],
    [{ attempt: 2 }, `implement/2 of generation 1 ${open}`],
    [{ edge: "merge" }, `merge/1 of generation 1 ${open}`],
  ] as const) {
    expect(await proven((marker) => write({ ...marker, ...change }))).toBe(`not-current: ${words}`);
  }
  expect(await proven((marker) => write({ ...marker, why: "more" }))).toBe(
    "undeclared: comment 2 does not have the digest that the chain declares",
  );
});

test("an intent with an effect of a kind that only a newer app knows, whatever else it names", async () => {
  const { site, declare } = scene();
  const newer = { kind: "release.create", key: "release.create:v9" } as never;
  const { comment } = await declare([...EFFECTS, newer]);
  await expect(proveIntent(site, comment)).rejects.toMatchObject({
    code: "unknown-effect",
    message: "it names release.create:v9, and there is no such effect here",
  });
});

test("it expires one ms after its time, on GitHub's clock, unless somebody has claimed it", async () => {
  const { repository, site, declare, step, sound } = scene();
  const { comment, marker } = await declare(EFFECTS);
  repository.clock.now = marker.until;
  expect(await told(proveIntent(site, comment))).toBe("proven");
  repository.clock.now += 1;
  expect(await told(proveIntent(site, comment))).toBe(
    "expired: it was to be taken up until 1970-01-01T00:16:40.000Z",
  );
  await step({ step: "claim", run: RUN, digest: (await sound()).state.open?.digest ?? "" });
  expect(await told(proveIntent(site, comment))).toBe("proven");
});

/** What the marker's comment needs to show: it is there after so many ms. */
async function lagging(s: Scene, ms: number): Promise<number> {
  const { comment } = await s.declare(EFFECTS);
  const info = s.repository.comments.get(comment);
  s.repository.comments.delete(comment);
  const { sleep } = s.site.clock;
  s.site.clock.sleep = async (pause) => {
    await sleep(pause);
    if (info && s.repository.clock.now >= ms) s.repository.comments.set(comment, info);
  };
  return comment;
}

test("a marker that shows late is waited for, with longer pauses, up to its patience and no longer", async () => {
  const soon = scene();
  expect(await told(waitUntilIntentVisible(soon.site, await lagging(soon, 1_000), 10_000))).toBe("proven");
  // 250 + 500 + 1,000
  expect(soon.repository.clock.now).toBe(1_750);

  const never = scene();
  const end = await told(waitUntilIntentVisible(never.site, await lagging(never, 1e9), 12_000));
  expect(end).toMatch(/^not-visible: /);
  // 250, 500, 1,000, 2,000, then 4,000 each: the second of those ends at 11,750.
  expect(never.repository.clock.now).toBe(11_750);

  const exact = scene();
  expect(await told(waitUntilIntentVisible(exact.site, await lagging(exact, 750), 750))).toBe("proven");
  const short = scene();
  expect(await told(waitUntilIntentVisible(short.site, await lagging(short, 750), 749))).not.toBe("proven");
});

test("a chain that shows late is waited for too; what no lag explains is told at once", async () => {
  const { repository, site, declare } = scene();
  const { comment } = await declare(EFFECTS);
  const head = repository.git.refs.get("refs/cairn/12") ?? "";
  repository.git.refs.delete("refs/cairn/12");
  const { sleep } = site.clock;
  site.clock.sleep = async (pause) => {
    await sleep(pause);
    repository.git.refs.set("refs/cairn/12", head);
  };
  expect(await told(waitUntilIntentVisible(site, comment, 5_000))).toBe("proven");
  expect(repository.clock.now).toBe(250);
  const forged = repository.addComment("x", { appId: null });
  expect(await told(waitUntilIntentVisible(site, forged, 5_000))).toMatch(/^not-ours: /);
  expect(repository.clock.now).toBe(250);
});

test("an older declare that is still seen is waited for, as its digest is not this comment's", async () => {
  const { repository, site, declare } = scene();
  const { marker } = await declare(EFFECTS);
  const newer = repository.addComment(write({ ...marker, why: "newer" }));
  expect(await told(waitUntilIntentVisible(site, newer, 1_000))).toMatch(/^undeclared: /);
  expect(repository.clock.now).toBe(750);
});

test("an error of GitHub is not waited out", async () => {
  const { site, declare } = scene();
  const { comment } = await declare(EFFECTS);
  site.reads.comment = () => Promise.reject(new Error("GitHub does not answer"));
  await expect(waitUntilIntentVisible(site, comment, 5_000)).rejects.toThrow("GitHub does not answer");
});

test("pins: the issue's text and the configuration are what the intent was declared for", async () => {
  const { repository, site, own } = scene();
  const { proof } = await own(EFFECTS);
  const asked: string[] = [];
  const config = async (commit: string) => {
    asked.push(commit);
    return "c";
  };
  expect(await checkPins(site, proof, config)).toEqual({ title: "T", body: "B", answers: [] });
  expect(asked).toEqual(["0".repeat(40)]);
  expect(await told(checkPins(site, proof, async () => "other"))).toBe(
    "config-changed: the configuration at the pinned commit is not the one that was declared",
  );
  repository.text.body = "B, and more";
  expect(await told(checkPins(site, proof, config))).toBe(
    "text-changed: the issue's text is not the one that the intent was declared for",
  );
  const gone = { ...site, issue: { ...site.issue, number: 13 } };
  expect(await told(checkPins(gone, proof, config))).toBe("text-changed: the issue is not there");
});

test("pins: answers are part of the text, each as it was, whoever edits or deletes it", async () => {
  const { repository, site, own } = scene();
  const { proof } = await own(EFFECTS);
  const robin = { author: { id: 2, login: "robin", type: "User" }, appId: null } as const;
  const comment = repository.addComment("It should be bold.", robin);
  const pinned = (body: string, id = comment) => {
    const { marker } = proof;
    const answers = [{ comment: id, digest: textDigest("", body) }];
    return { ...proof, marker: { ...marker, pins: { ...marker.pins, answers } } };
  };
  const config = async () => "c";
  expect(await checkPins(site, pinned("It should be bold."), config)).toMatchObject({
    answers: [{ login: "robin", body: "It should be bold." }],
  });
  // The whole comment is pinned; whoever works gets it without what it commands.
  const commanding = repository.addComment("It should be red.\n\n/cairn ready", robin);
  expect(
    await checkPins(site, pinned("It should be red.\n\n/cairn ready", commanding), config),
  ).toMatchObject({
    answers: [{ login: "robin", body: "It should be red." }],
  });
  const changed = `text-changed: comment ${comment}, which belongs to the text, is not as it was`;
  expect(await told(checkPins(site, pinned("It should be red."), config))).toBe(changed);
  expect(await told(checkPins(site, pinned("It should be bold.", 999), config))).toMatch(
    /^text-changed: comment 999, /,
  );
});
