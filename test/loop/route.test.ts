/** An issue of another repository is opened there, once, where the app is installed and whoever asked may ask there too. */
import { expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import { explainIssue } from "../../src/cli/explain/look.ts";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import type { Repository } from "../../src/sandbox/world/state.ts";
import { say } from "./commanding.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  configure,
  done,
  expectOnce,
  fault,
  holdOf,
  jobOf,
  labelled,
  landed,
  pass,
  REPO,
  request,
  runsOf,
  waitsFor,
} from "./observing.ts";

const LABEL = "area-billing";
const THERE = "acme/billing";

/** The other repository, in which `maya` may write. */
async function billing(loop: Loop, fields: { readonly private?: boolean } = {}): Promise<Repository> {
  const { sandbox } = loop.stage;
  const [, name = ""] = THERE.split("/");
  const files = { "README.md": "# Billing\n" };
  const repository = await sandbox.createRepository("acme", name, { private: true, files, ...fields });
  sandbox.addCollaborator(repository, "maya", "write");
  await configure(loop, { repositories: { [LABEL]: THERE } });
  return repository;
}

async function ask(loop: Loop, input: { title?: string; body?: string } = {}): Promise<number> {
  const issue = await loop.issue(input);
  const labels = { labels: [LABEL, loop.stage.entryLabel] };
  await loop.maintainer.post(`${loop.repo}/issues/${issue}/labels`, labels);
  return issue;
}

interface There {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly unknown[];
  readonly user: { readonly login: string };
}

const there = (loop: Loop): Promise<There[]> =>
  loop.maintainer.get<There[]>(`/repos/${THERE}/issues?state=all`);

/** Effects in any repository that are no person's. */
const elsewhere = (loop: Loop): string[] => landed(loop).filter((key) => key.startsWith("issue.create:"));

/** A label that is there is set by nobody. */
async function askAnew(loop: Loop, issue: number): Promise<void> {
  await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/${loop.stage.entryLabel}`);
  await loop.ready(issue);
}

const lastWords = async (loop: Loop, issue: number): Promise<string> =>
  (await loop.shown(issue)).comments.at(-1)?.body ?? "";

test("24: it is opened there once, as a quotation, and the hold here leads there; setting the label again opens no second one", async () => {
  await using loop = await startLoop();
  const repository = await billing(loop);
  const body = `${SAMPLE_ISSUE.body}\n\n\`\`\`js\n@robin\n\`\`\`\nCloses #1, @robin.\nCairn-Effect: issue.create:1\n/cairn cancel`;
  const issue = await ask(loop, { body });
  expect(await holdOf(loop, issue)).toBe("routed");
  expect(await lastWords(loop, issue)).toContain(
    "**On hold**: The work belongs to another repository, and was opened there. acme/billing#1",
  );
  const [opened, ...more] = await there(loop);
  expect(more).toEqual([]);
  expect(opened).toMatchObject({ number: 1, labels: [], user: { login: "cairn[bot]" } });
  const key = `issue.create:${repository.id}/from/${loop.stage.repository.id}/${issue}#g1a1`;
  expect(opened?.body).toMatch(new RegExp(`^From ${loop.stage.name}#${issue}, asked for by @maya\\.\n`));
  expect(opened?.body).toContain("````markdown\n");
  expect(opened?.body).toContain("> Cairn-Effect: issue.create:1\n");
  expect(opened?.body.endsWith(`<!--\nCairn-Effect: ${key}\n-->`)).toBe(true);
  // The gate's job alone was at work.
  const [run, ...others] = runsOf(loop);
  expect(others).toEqual([]);
  expect(jobOf(run, "agent")?.conclusion).toBe("skipped");
  expect(jobOf(run, "effect")?.conclusion).toBe("skipped");
  expect((await chainOf(loop, issue)).routed).toEqual([
    { repository: repository.id, name: THERE, number: 1 },
  ]);
  // Whoever asks from elsewhere is told the same; so does the status comment.
  const { sandbox, name: here, tokens } = loop.stage;
  const [owner = "", repo = ""] = here.split("/");
  const connection = connect({
    apiUrl: sandbox.url,
    address: () => ({ owner, repo }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: async () => tokens.reviewer,
  });
  const report = await explainIssue({ connection, issue, terms: readTerms({}), slug: "cairn" });
  expect(report?.now).toMatchObject({ code: "routed", state: "hold", detail: "acme/billing#1" });
  await loop.until("the status comment", async () =>
    (await loop.shown(issue)).comments.some(({ body: words }) => words.includes("`acme/billing#1`"))
      ? true
      : undefined,
  );
  // Asked for again: it is there.
  await askAnew(loop, issue);
  await loop.until("the second hold", async () =>
    (await loop.shown(issue)).comments.filter(({ body: words }) => words.includes("**On hold**")).length === 2
      ? true
      : undefined,
  );
  await loop.until("the label to be taken off", async () =>
    (await loop.shown(issue)).labels.includes(loop.stage.entryLabel) ? undefined : true,
  );
  expect(elsewhere(loop)).toEqual(["issue.create:1"]);
  // Without the label that gives it away it is work of this repository.
  expect(await request(loop, "DELETE", `${loop.repo}/issues/${issue}/labels/${LABEL}`)).toBe(200);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(elsewhere(loop)).toEqual(["issue.create:1"]);
});

test.each([
  [
    "the app is not installed there",
    (loop: Loop) => {
      const { sandbox, installation, name } = loop.stage;
      sandbox.changeInstallation(installation, [name.slice("acme/".length)]);
    },
    "Cairn is not installed on acme/billing.",
  ],
  [
    "who asked may not ask there",
    (loop: Loop, repository: Repository) => {
      loop.stage.sandbox.addCollaborator(repository, "maya", "triage");
    },
    "@maya may not ask for work in acme/billing: 'ready' needs write permission on this repository, and maya has triage.",
  ],
] as const)("24: where %s, one comment says so, and nothing is opened; once that has changed it is", async (_what, change, words) => {
  await using loop = await startLoop();
  const repository = await billing(loop);
  change(loop, repository);
  const issue = await ask(loop);
  await labelled(loop, issue, "cairn:hold");
  expect(await lastWords(loop, issue)).toContain(`\`area-billing: acme/billing\` \`${words}\``);
  await pass(loop, 600);
  await loop.app.idle();
  expect(runsOf(loop)).toEqual([]);
  expect(elsewhere(loop)).toEqual([]);
  loop.stage.sandbox.changeInstallation(loop.stage.installation, "all");
  loop.stage.sandbox.addCollaborator(repository, "maya", "write");
  await askAnew(loop, issue);
  await loop.until("the issue there", () => (elsewhere(loop).length > 0 ? true : undefined));
  await waitsFor(loop, /^hold: The work belongs to another repository, and was opened there/);
  expect(await there(loop)).toHaveLength(1);
});

test("24: an authority file there is read as here; a text that is not for the public, and another owner's repository, stay here", async () => {
  await using loop = await startLoop();
  const repository = await billing(loop, { private: false });
  const issue = await ask(loop);
  await waitsFor(loop, "acme/billing is public, and this repository is not.");
  await configure(loop, { repositories: { [LABEL]: "cairn-dev/billing" } });
  await askAnew(loop, issue);
  await waitsFor(loop, "Cairn opens issues in repositories of acme alone.");
  const other = await loop.stage.sandbox.createRepository("acme", "shop", {
    private: true,
    files: { ".github/cairn-authority.yml": "ready: { users: [robin] }\n" },
  });
  loop.stage.sandbox.addCollaborator(other, "maya", "admin");
  await configure(loop, { repositories: { [LABEL]: "acme/shop" } });
  await pass(loop, 60);
  await askAnew(loop, issue);
  await waitsFor(loop, /who may `ready` here, and does not name maya/);
  expect(elsewhere(loop)).toEqual([]);
  expect(repository.private).toBe(false);
});

test("7: the answer is lost: it is found by its key, and nobody else's issue with that key counts", async () => {
  await using loop = await startLoop();
  const repository = await billing(loop);
  const first = await loop.issue();
  const key = `issue.create:${repository.id}/from/${loop.stage.repository.id}/${first}#g1a1`;
  await loop.maintainer.post(`/repos/${THERE}/issues`, { title: "Mine", body: `Cairn-Effect: ${key}` });
  fault(loop, {
    method: "POST",
    path: `${REPO}/issues`,
    actor: "installation",
    fault: { kind: "answer-lost" },
  });
  await loop.maintainer.post(`${loop.repo}/issues/${first}/labels`, {
    labels: [LABEL, loop.stage.entryLabel],
  });
  expect(await holdOf(loop, first)).toBe("routed");
  expect(await lastWords(loop, first)).toContain("acme/billing#2");
  expect(elsewhere(loop)).toEqual(["issue.create:2"]);
});

test("7: a request that never arrived is tried again behind the fence, under another key", async () => {
  await using loop = await startLoop({ env: { CAIRN_SWEEP_SECONDS: "1" } });
  await billing(loop);
  fault(loop, {
    method: "POST",
    path: `${REPO}/issues`,
    actor: "installation",
    fault: { kind: "request-lost" },
  });
  const issue = await ask(loop);
  await waitsFor(loop, "the quiet period: route/1");
  expect((await loop.shown(issue)).labels).toContain(loop.stage.entryLabel);
  await pass(loop, 125);
  expect(await holdOf(loop, issue)).toBe("routed");
  const [opened, ...more] = await there(loop);
  expect(more).toEqual([]);
  expect(opened?.body).toMatch(/#g1a2\n-->$/);
  expect(runsOf(loop)).toHaveLength(2);
});

test.each([
  403, 404, 410, 422,
])("24: GitHub says %i: a hold with its words, and nothing is sent again", async (status) => {
  await using loop = await startLoop();
  await billing(loop);
  const fields = { kind: "status", status, message: "Issues are disabled for this repo" } as const;
  fault(loop, { method: "POST", path: `${REPO}/issues`, actor: "installation", fault: fields });
  const issue = await ask(loop);
  expect(await holdOf(loop, issue)).toBe("route-refused");
  expect(await lastWords(loop, issue)).toContain(`${status} Issues are disabled for this repo`);
  expect(elsewhere(loop)).toEqual([]);
  expect(runsOf(loop)).toHaveLength(1);
});

test("24: who takes the label off, or cancels, before a run has begun has nothing opened there", async () => {
  await using loop = await startLoop();
  await billing(loop);
  // The first start is lost: there is time to think better of it.
  const path = `${REPO}/actions/workflows/{workflow_id}/dispatches`;
  fault(loop, { method: "POST", path, count: 2, fault: { kind: "request-lost" } });
  const [off, cancelled] = [await ask(loop), await ask(loop)];
  for (const issue of [off, cancelled])
    await loop.until(
      "both intents",
      async () => (await chainOf(loop, issue).catch(() => undefined))?.open ?? undefined,
    );
  await loop.until("both starts", () =>
    loop.lines.filter(({ message }) => message.includes("a run to take up route/1")).length > 1
      ? true
      : undefined,
  );
  expect(await request(loop, "DELETE", `${loop.repo}/issues/${off}/labels/${LABEL}`)).toBe(200);
  await say(loop, cancelled, "/cairn cancel");
  await loop.until("the end of one", async () =>
    (await chainOf(loop, cancelled)).hold?.reason === "cancelled" ? true : undefined,
  );
  await pass(loop, 61);
  expect(await holdOf(loop, off)).toBe("route-refused");
  expect(await lastWords(loop, off)).toContain("no label gives it there any more");
  expect(elsewhere(loop)).toEqual([]);
});

test("I12: the gate's run gets a token for that repository that may write issues and nothing else, and gives it back", async () => {
  await using loop = await startLoop();
  const repository = await billing(loop);
  const { sandbox } = loop.stage;
  const minted: { repositoryIds: readonly number[] | null; permissions: unknown }[] = [];
  const tokens = sandbox.world.tokens;
  const { set } = Map.prototype;
  tokens.set = function kept(text, token) {
    if (token.kind === "installation") minted.push(token);
    return set.call(tokens, text, token) as typeof tokens;
  };
  const issue = await ask(loop);
  expect(await holdOf(loop, issue)).toBe("routed");
  const there = minted.filter(({ repositoryIds }) => repositoryIds?.includes(repository.id));
  expect(there).toMatchObject([{ repositoryIds: [repository.id], permissions: { issues: "write" } }]);
  expect(Object.keys(there[0]?.permissions ?? {})).toEqual(["issues"]);
  // What is left are the app's own, which are for all that it is installed on.
  await loop.until("the run's end", () => (runsOf(loop)[0]?.status === "completed" ? true : undefined));
  const left = [...tokens.values()].filter((token) => token.kind === "installation" && token.repositoryIds);
  expect(left).toEqual([]);
});

test("24: what is missing beside that is asked for here first, and opened there once it is there", async () => {
  await using loop = await startLoop();
  await billing(loop);
  const issue = await ask(loop, { body: "Take lists." });
  await labelled(loop, issue, "cairn:hold");
  expect(await lastWords(loop, issue)).toContain("The text is too short");
  expect(runsOf(loop)).toEqual([]);
  const body = { body: SAMPLE_ISSUE.body };
  expect(await request(loop, "PATCH", `${loop.repo}/issues/${issue}`, body)).toBe(200);
  await waitsFor(loop, /^hold: The work belongs to another repository, and was opened there/);
  expect(elsewhere(loop)).toEqual(["issue.create:1"]);
});

test("24: a repository that has the name by now gets nothing", async () => {
  await using loop = await startLoop();
  const { sandbox, repository: here } = loop.stage;
  await billing(loop);
  const path = `${REPO}/actions/workflows/{workflow_id}/dispatches`;
  fault(loop, { method: "POST", path, fault: { kind: "request-lost" } });
  const issue = await ask(loop);
  await waitsFor(loop, "a run to take up route/1");
  sandbox.addCollaborator(here, "maya", "admin");
  const owner = sandbox.createToken("acme");
  expect(await request(loop, "PATCH", `/repos/${THERE}`, { name: "accounts" }, owner)).toBe(200);
  await sandbox.createRepository("acme", "billing", { private: false, files: { "README.md": "# Other\n" } });
  await pass(loop, 61);
  expect(await holdOf(loop, issue)).toBe("route-refused");
  expect(await lastWords(loop, issue)).toContain("another repository has this name by now");
  expect(elsewhere(loop)).toEqual([]);
});
