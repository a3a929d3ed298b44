/** Ends that need a person: each a hold with its reason, nothing published, and the way on. */
import { expect, test } from "vitest";
import { decodeMarker } from "../../src/core/marker.ts";
import { type Loop, startLoop } from "./loop.ts";
import { configure } from "./observing.ts";

/** Runs one issue until it is on hold; the reason, and its comment for people. */
async function held(loop: Loop, issue: number): Promise<{ reason: string; text: string }> {
  return loop.until("a hold", async () => {
    const { comments, labels } = await loop.shown(issue);
    const marker = decodeMarker(comments.at(-1)?.body ?? "");
    if (marker.kind !== "marker" || marker.marker.type !== "hold" || !labels.includes("cairn:hold"))
      return undefined;
    return { reason: marker.marker.reason, text: comments.at(-1)?.body ?? "" };
  });
}

const published = (loop: Loop): string[] =>
  loop.stage.sandbox.landed.filter((entry) => entry.actor.kind === "installation").map((entry) => entry.key);

test.each([
  ["a command that is not there", "no-such-agent --do", "agent-missing"],
  ["an agent that fails", "echo working; exit 3", "agent-failed"],
  ["an agent that changes nothing", "true", "no-change"],
  ["a touched workflow file", "echo 'on: push' > .github/workflows/own.yml", "reserved-path"],
  ["most of the tree removed", "rm -rf src test tools README.md package.json", "patch-unsafe"],
])("%s ends as a hold, and nothing is published", async (_what, agent, reason) => {
  await using loop = await startLoop({ agent });
  const issue = await loop.issue();
  await loop.ready(issue);
  const end = await held(loop, issue);
  expect(end.reason).toBe(reason);
  expect(end.text).toContain("sets `cairn:ready` again");
  expect(published(loop)).toEqual([]);
});

test("a conflict with a commit made meanwhile is a hold; the label set again starts over from the newest commit", async () => {
  // Waits until somebody has changed the same line.
  await using loop = await startLoop({ agent: "sleep 1; echo mine > README.md" });
  const { sandbox, repository } = loop.stage;
  const issue = await loop.issue();
  await loop.ready(issue);
  await loop.until("the agent", () =>
    sandbox.landed.some((entry) => entry.kind === "agent.run") ? true : undefined,
  );
  const file = await loop.maintainer.get<{ sha: string }>(`${loop.repo}/contents/README.md`);
  const put = await fetch(`${sandbox.url}${loop.repo}/contents/README.md`, {
    method: "PUT",
    headers: { authorization: `token ${loop.stage.tokens.maintainer}` },
    body: JSON.stringify({
      message: "meanwhile",
      content: Buffer.from("theirs\n").toString("base64"),
      sha: file.sha,
    }),
  });
  expect(put.status).toBe(200);
  expect((await held(loop, issue)).reason).toBe("conflict");
  expect(published(loop)).toEqual([]);
  await loop.ready(issue);
  await loop.until("the end", async () =>
    (await loop.shown(issue)).labels[0] === "cairn:done" ? true : undefined,
  );
  const head = repository.refs.get("refs/heads/main") ?? "";
  const store = sandbox.services.stores.get(repository.id);
  const entry = await store?.entryAt(head, "README.md");
  expect((await store?.readBlob(entry?.sha ?? ""))?.toString()).toBe("mine\n");
  const agents = sandbox.landed.filter((one) => one.kind === "agent.run").map((one) => one.key);
  expect(agents).toEqual([`agent.run:${issue}#g1a1`, `agent.run:${issue}#g2a1`]);
});

test("somebody without the right sets the label: refused once, nothing done", async () => {
  await using loop = await startLoop();
  const { sandbox, repository } = loop.stage;
  // Triage may set labels, and may not ask for work.
  sandbox.addCollaborator(repository, "oda", "triage");
  const issue = await loop.issue();
  await loop.outsider.post(`${loop.repo}/issues/${issue}/labels`, { labels: ["cairn:ready"] });
  await loop.until("a refusal", async () =>
    (await loop.shown(issue)).comments.length > 0 ? true : undefined,
  );
  await loop.app.sweep();
  await loop.app.idle();
  const { comments } = await loop.shown(issue);
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toContain("needs write permission on this repository, and oda has triage");
  expect(published(loop)).toEqual([]);
});

test("a failing check is a hold that names it", async () => {
  await using loop = await startLoop({ agent: "echo 'syntax error here' > src/greet.js" });
  await configure(loop, { "fix-rounds": 0 });
  const issue = await loop.issue();
  await loop.ready(issue);
  const end = await held(loop, issue);
  expect(end.reason).toBe("check-failed");
  expect(end.text).toContain("test (failure)");
});
