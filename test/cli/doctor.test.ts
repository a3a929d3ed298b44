/** `cairn doctor`: all right where all is right, and each thing that is wrong is named by exactly its own check. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { readTerms } from "../../src/app/settings.ts";
import type { CheckName } from "../../src/cli/doctor/checks.ts";
import { type Diagnosis, examine } from "../../src/cli/doctor/examine.ts";
import { createFindings } from "../../src/cli/doctor/findings.ts";
import { checkSetup } from "../../src/cli/doctor/setup.ts";
import { diagnosisText } from "../../src/cli/doctor/text.ts";
import { type Stage, setStage } from "../../src/cli/stage.ts";
import { connect, createAppClient, createGovernor, realClock } from "../../src/github/index.ts";
import { AUTHORITY_PATH } from "../../src/policy/authority-file.ts";
import type { Fact } from "../../src/sandbox/control/facts.ts";
import { startLoop } from "../loop/loop.ts";
import { done, landed } from "../loop/observing.ts";
import { queueRuleset } from "../sandbox/graphql/queue-scene.ts";
import { cairn } from "./cairn.ts";

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ hosts: "action", limits: "off", appUrl: "http://127.0.0.1:1" });
});
afterAll(() => stage.sandbox.stop());

const control = async (path: string, body: unknown): Promise<void> => {
  const response = await fetch(`${stage.sandbox.controlUrl}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
};

afterEach(() => stage.sandbox.faults.clear());

function diagnose(env: Record<string, string> = {}, at = stage): Promise<Diagnosis> {
  const { sandbox, app, name } = at;
  const [owner = "", repo = ""] = name.split("/");
  const terms = readTerms({ GITHUB_API_URL: sandbox.url, ...env });
  const { privateKey } = app;
  const client = createAppClient({ appId: app.app.id, privateKey, apiUrl: sandbox.url, clock: realClock });
  return examine({ app: client, terms, owner, repo, patience: 200 });
}

const named = ({ checks }: Diagnosis, verdict: string): CheckName[] =>
  checks.flatMap((check) => (check.verdict === verdict ? [check.name] : []));

/** Requests that changed something, with the path's numbers left out. */
const writes = (): string[] =>
  stage.sandbox.requestLog
    .filter(({ method }) => method !== "GET")
    .map(
      ({ method, path }) => `${method} ${path.replace(/.*\/(?=issues|git|app)/, "").replace(/\d+/g, "N")}`,
    );

test("all right: every check says so, with a handful of writes, and the scratch issue is closed again", async () => {
  const before = writes().length;
  const diagnosis = await diagnose();
  expect(diagnosis.checks.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
  const issue = diagnosis.scratch?.issue ?? 0;
  expect(diagnosis.scratch?.stays).toEqual([
    `issue #${issue} with its comment`,
    `the ref refs/cairn/${issue}`,
  ]);
  expect(writes().slice(before).sort()).toEqual(
    [
      "POST app/installations/N/access_tokens",
      "POST issues",
      "POST git/commits",
      "POST git/commits",
      "POST git/commits",
      "POST git/commits",
      "POST git/refs",
      "POST git/refs",
      "PATCH git/refs/cairn/N",
      "PATCH git/refs/cairn/N",
      "POST git/trees",
      "POST issues/N/comments",
      "PATCH issues/N",
    ].sort(),
  );
  const shown = [...stage.sandbox.world.issues.values()].find(({ number }) => number === issue);
  expect(shown?.state).toBe("closed");
  expect(stage.sandbox.landed.filter(({ kind }) => kind !== "issue.create")).toEqual([]);
});

/** Each fact that is wrong, the check that says so, and those that cannot be made then. */
const WRONG: Record<Fact, readonly [wrong: CheckName, unknown?: readonly CheckName[]]> = {
  "refs-outside-heads": [
    "chain-created",
    ["chain-read", "chain-created-once", "chain-moved", "chain-not-forced"],
  ],
  "updates-outside-heads": ["chain-moved", ["chain-not-forced"]],
  "refs-shown": ["chain-read"],
  "refs-once": ["chain-created-once"],
  "fast-forward-only": ["chain-not-forced"],
  "empty-tree": ["commit-without-files"],
  "long-messages": ["commit-message"],
  "app-commits-signed": ["commit-signature"],
  "app-commits-address": ["commit-author"],
  "commit-dates": ["commit-date"],
  "inline-text": ["text-inline"],
  "comments-kept": ["comment-kept"],
  "app-named": ["comment-app"],
};

test.each(Object.entries(WRONG))("%s is wrong: exactly its check says so", async (fact, [
  wrong,
  unknown = [],
]) => {
  await control("/facts", { [fact]: false });
  const diagnosis = await diagnose();
  await control("/facts", { [fact]: true });
  expect([named(diagnosis, "wrong"), named(diagnosis, "unknown")]).toEqual([[wrong], unknown]);
  expect(diagnosisText(diagnosis)).toMatch(/^wrong {4}.*\n.*\n {9}means: .*\n {9}next: {2}/m);
});

test("where refs outside heads and tags are not taken, chains as branches do", async () => {
  await control("/facts", {
    "refs-outside-heads": false,
    "updates-outside-heads": false,
    "refs-shown": false,
  });
  const diagnosis = await diagnose({ CAIRN_REF_NAMESPACE: "heads/cairn" });
  await control("/facts", { "refs-outside-heads": true, "updates-outside-heads": true, "refs-shown": true });
  expect(diagnosis.checks.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
});

const TRIED: readonly CheckName[] = [
  "scratch-issue",
  "commit-without-files",
  "commit-message",
  "commit-signature",
  "commit-author",
  "commit-date",
  "chain-created",
  "chain-read",
  "chain-created-once",
  "chain-moved",
  "chain-not-forced",
  "text-inline",
  "comment-kept",
  "comment-app",
  "scratch-closed",
];

async function write(
  path: string,
  change: (text: string) => string,
  at = stage,
): Promise<() => Promise<void>> {
  const url = `${at.sandbox.url}/repos/${at.name}/contents/${path}`;
  const headers = { authorization: `token ${at.tokens.maintainer}` };
  const ask = async (body?: object) => {
    const sent = body === undefined ? {} : { method: "PUT", body: JSON.stringify(body) };
    const response = await fetch(url, { headers, ...sent });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as { sha: string; content: string };
  };
  const put = async (text: string): Promise<void> => {
    const { sha } = await ask();
    await ask({ message: "Change", sha, content: Buffer.from(text).toString("base64") });
  };
  const before = Buffer.from((await ask()).content, "base64").toString();
  await put(change(before));
  return () => put(before);
}

const CONFIG = ".github/cairn.yml";
const CALLER = ".github/workflows/cairn.yml";

test.each<[CheckName, string, (text: string) => string, readonly CheckName[]]>([
  ["workflow", CALLER, (text) => text.replace("id-token: write", "id-token: none"), []],
  ["workflow", CALLER, (text) => text.replace("@v1", "@main"), []],
  [
    "configuration",
    CONFIG,
    (text) => `${text}\nmerges: never\n`,
    ["agent", "commands", "reviewers", "required-checks", "merge-queue", "merge-method"],
  ],
  ["agent", CONFIG, () => "merge: never\n", []],
  ["reviewers", CONFIG, (text) => text.replace("robin", "oda"), []],
  ["commands", CONFIG, (text) => text.replace("{", "{ check: { command: ./no-such-check.sh },"), []],
  ["commands", CONFIG, (text) => text.replace("{", '{ review: { command: "if true; then echo" },'), []],
])("%s is wrong in %s: exactly that check says so", async (wrong, path, change, unknown) => {
  const restore = await write(path, change);
  const diagnosis = await diagnose();
  await restore();
  expect([named(diagnosis, "wrong"), named(diagnosis, "unknown")]).toEqual([[wrong], unknown]);
});

test("a branch without required checks is wrong where a merge wants one", async () => {
  const { protections, defaultBranch } = stage.repository;
  const before = protections.get(defaultBranch);
  protections.delete(defaultBranch);
  const diagnosis = await diagnose();
  if (before) protections.set(defaultBranch, before);
  expect(named(diagnosis, "wrong")).toEqual(["required-checks"]);
});

test("a merge method that the repository does not allow is wrong, unless people merge, or a queue", async () => {
  const { repository } = stage;
  repository.allowMergeCommit = false;
  const refused = await diagnose();
  const restore = await write(CONFIG, (text) => text.replace("{", "{ merge-method: rebase,"));
  const allowed = await diagnose();
  await restore();
  const byPeople = await write(CONFIG, (text) => text.replace("on-green-with-review", "never"));
  const never = await diagnose();
  await byPeople();
  repository.allowMergeCommit = true;
  expect(named(refused, "wrong")).toEqual(["merge-method"]);
  expect(found(refused, "merge-method")).toBe("the repository does not allow merge, only squash, rebase");
  expect([named(allowed, "wrong"), found(allowed, "merge-method")]).toEqual([[], "rebase"]);
  expect(found(never, "merge-method")).toBe("people merge (`merge: never`)");
});

test("permissions and events that are not granted are named, and nothing is written for want of them", async () => {
  const { installation } = stage;
  const granted = installation.permissions;
  const { statuses: _, ...fewer } = granted;
  Object.assign(installation, { permissions: { ...fewer, contents: "read" } });
  const opened = stage.sandbox.world.issues.size;
  const diagnosis = await diagnose();
  Object.assign(installation, { permissions: granted });
  // GitHub tells only those who may write contents how pull requests may be merged.
  expect([named(diagnosis, "wrong"), named(diagnosis, "unknown")]).toEqual([
    ["permissions"],
    ["merge-method", ...TRIED],
  ]);
  expect(diagnosis.checks.find(({ name }) => name === "permissions")?.found).toBe(
    "contents: read instead of write, statuses: none instead of read",
  );
  expect([diagnosis.scratch, stage.sandbox.world.issues.size]).toEqual([null, opened]);
  const { events } = installation;
  Object.assign(installation, { events: events.filter((event) => event !== "status") });
  expect(named(await diagnose(), "wrong")).toEqual(["events"]);
  Object.assign(installation, { events });
});

const found = ({ checks }: Diagnosis, name: CheckName) => checks.find((one) => one.name === name)?.found;

/** Says who may; gives what takes the file away again. */
async function sayWhoMay(text: string): Promise<() => Promise<void>> {
  const url = `${stage.sandbox.url}/repos/${stage.name}/contents/${AUTHORITY_PATH}`;
  const ask = async (method: string, body: object) => {
    const headers = { authorization: `token ${stage.tokens.maintainer}` };
    const response = await fetch(url, { method, headers, body: JSON.stringify({ message: "m", ...body }) });
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status}`);
    return (await response.json()) as { content: { sha: string } };
  };
  const { content } = await ask("PUT", { content: Buffer.from(text).toString("base64") });
  return async () => void (await ask("DELETE", { sha: content.sha }));
}

test("teams that GitHub shows are right, and a permission that only they need is wanted where some are named", async () => {
  const { installation, sandbox } = stage;
  const granted = installation.permissions;
  const { members: _, ...less } = granted;
  Object.assign(installation, { permissions: less });
  const without = await diagnose();
  expect([named(without, "wrong"), named(without, "unknown")]).toEqual([[], []]);
  expect(found(without, "permissions")).toBe(
    `${Object.keys(less).length} permissions, as asked for; without members, which only teams need`,
  );
  expect(found(without, "authority")).toMatch(/^there is no .*: GitHub's permissions decide$/);
  const restore = await sayWhoMay("ready: { teams: [acme/core] }\n");
  const blind = await diagnose();
  expect([named(blind, "wrong"), named(blind, "unknown")]).toEqual([["authority"], []]);
  expect(found(blind, "authority")).toBe("GitHub does not show acme/core: the app may not read members");
  Object.assign(installation, { permissions: granted });
  const none = await diagnose();
  expect([named(none, "wrong"), found(none, "authority")]).toEqual([
    ["authority"],
    "GitHub does not show acme/core: there is none, or it may not be seen",
  ]);
  sandbox.createTeam({ organization: "acme", name: "core" });
  const seen = await diagnose();
  expect([named(seen, "wrong"), found(seen, "authority")]).toEqual([[], `${AUTHORITY_PATH}, team core`]);
  await restore();
  const undo = await sayWhoMay("ready: { teams: [globex/core] }\n");
  const other = await diagnose();
  await undo();
  expect(named(other, "wrong")).toEqual(["authority"]);
  expect(found(other, "authority")).toContain(`${AUTHORITY_PATH}:1:18: 'ready.teams.0': found "globex/core"`);
});

test("a merge queue wants a permission that nothing else needs", async () => {
  const { installation, sandbox, name, tokens } = stage;
  const granted = installation.permissions;
  const { merge_queues: _, ...less } = granted;
  const url = `${sandbox.url}/repos/${name}/rulesets`;
  const ask = async (method: string, address: string, body?: object) => {
    const headers = { authorization: `token ${tokens.maintainer}` };
    const response = await fetch(address, {
      method,
      headers,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status}`);
    return response;
  };
  expect(found(await diagnose(), "merge-queue")).toBe("main has none");
  Object.assign(installation, { permissions: less });
  const made = await ask("POST", url, queueRuleset());
  const without = await diagnose();
  expect([named(without, "wrong"), found(without, "permissions"), found(without, "merge-queue")]).toEqual([
    ["merge-queue"],
    `${Object.keys(less).length} permissions, as asked for; without merge_queues, which only a merge queue needs`,
    "main has one, and merge_queues is none instead of write",
  ]);
  Object.assign(installation, { permissions: granted });
  const seen = await diagnose();
  expect([named(seen, "wrong"), found(seen, "merge-queue")]).toEqual([[], "main has one"]);
  await ask("DELETE", `${url}/${((await made.json()) as { id: number }).id}`);
});

test("a workflow that is switched off is wrong, in the words that GitHub has for it", async () => {
  const { sandbox, name, installation } = stage;
  const [owner = "", repo = ""] = name.split("/");
  const app = createAppClient({
    appId: stage.app.app.id,
    privateKey: stage.app.privateKey,
    apiUrl: sandbox.url,
    clock: realClock,
  });
  const { reads } = connect({
    apiUrl: sandbox.url,
    address: () => ({ owner, repo }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: () => app.token(installation.id),
  });
  const repository = (await reads.repository()).value;
  const { workflowFile, trustedWorkflows } = readTerms({});
  // The states are those of `workflow` in GitHub's OpenAPI description; the sandbox switches none off.
  const workflowState = async () => ({ value: "disabled_manually", readAt: 0, serverTime: 0 });
  const findings = createFindings();
  const { permissions } = installation;
  const input = { repository, permissions, workflowFile, trustedWorkflows };
  await checkSetup(findings, { ...input, reads: { ...reads, workflowState } });
  expect(findings.all().filter(({ verdict }) => verdict === "wrong")).toEqual([
    { name: "workflow-enabled", verdict: "wrong", found: "it is disabled manually" },
  ]);
});

test("a repository without issues, and one without the app", async () => {
  const path = "/repos/{owner}/{repo}/issues";
  const fault = { kind: "status", status: 410, message: "Issues are disabled for this repo" } as const;
  stage.sandbox.faults.add({ method: "POST", path, fault });
  const without = await diagnose();
  expect([named(without, "wrong"), named(without, "unknown")]).toEqual([["scratch-issue"], TRIED.slice(1)]);
  const elsewhere = await diagnose({}, { ...stage, name: "cairn-dev/cairn" });
  expect(named(elsewhere, "wrong")).toEqual(["installation"]);
  expect(named(elsewhere, "ok")).toEqual([]);
});

test("a limit and lost answers are no verdict on GitHub; the issue is closed all the same", async () => {
  const refs = "/repos/{owner}/{repo}/git/refs";
  stage.sandbox.faults.add({ method: "POST", path: refs, fault: { kind: "answer-lost" } });
  const lost = await diagnose();
  expect(named(lost, "wrong")).toEqual([]);
  expect(named(lost, "unknown")).toContain("chain-created");
  const headers = { "retry-after": "1" };
  const limit = {
    kind: "status",
    status: 403,
    message: "You have exceeded a secondary rate limit",
    headers,
  } as const;
  const comments = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
  stage.sandbox.faults.add({ method: "POST", path: comments, fault: limit });
  const limited = await diagnose();
  expect(named(limited, "wrong")).toEqual([]);
  expect(named(limited, "unknown")).toEqual(["comment-kept", "comment-app"]);
});

test("what the doctor advises there works: the whole way with chains as branches", async () => {
  await using loop = await startLoop({ env: { CAIRN_REF_NAMESPACE: "heads/cairn" } });
  const { facts } = loop.stage.sandbox.services;
  Object.assign(facts, { "refs-outside-heads": false, "updates-outside-heads": false, "refs-shown": false });
  const issue = await loop.issue();
  await loop.ready(issue);
  await done(loop, issue);
  const keys = landed(loop).filter(
    (key) => !key.includes(`cairn/${issue}@`) && key !== `branch.create:cairn/${issue}`,
  );
  expect(keys).toEqual([...new Set(keys)]);
  expect(keys.filter((key) => key.startsWith("merge:"))).toHaveLength(1);
});

test("an app that runs meanwhile finds nothing to do on the scratch issue, even if its chains are elsewhere", async () => {
  await using loop = await startLoop();
  for (const namespace of ["cairn", "heads/cairn"]) {
    const diagnosis = await diagnose({ CAIRN_REF_NAMESPACE: namespace }, loop.stage);
    expect(named(diagnosis, "wrong")).toEqual([]);
    await loop.app.sweep();
    await loop.app.idle();
    const { comments, labels } = await loop.shown(diagnosis.scratch?.issue ?? 0);
    expect([comments.length, labels]).toEqual([1, []]);
  }
  expect(loop.lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
});

test("as a command: 0 where all is right, 1 where something is not, 2 for what cannot be asked", async () => {
  const { sandbox, app, privateKeyFile, name } = stage;
  const env = { GITHUB_API_URL: sandbox.url, APP_ID: String(app.app.id), PRIVATE_KEY_PATH: privateKeyFile };
  const good = await cairn(env, "doctor", name);
  expect(good).toMatchObject({ code: 0, err: "", out: expect.stringContaining("28 ok, 0 wrong, 0 unknown") });
  await control("/facts", { "app-commits-signed": false });
  const bad = await cairn(env, "doctor", name, "--json");
  await control("/facts", { "app-commits-signed": true });
  expect(bad.code).toBe(1);
  const { ok, checks, notChecked } = JSON.parse(bad.out);
  expect(ok).toBe(false);
  expect(checks.filter(({ verdict }: { verdict: string }) => verdict === "wrong")).toMatchObject([
    { name: "commit-signature", found: "not verified", means: expect.stringContaining("chain-foreign") },
  ]);
  expect(notChecked.length).toBeGreaterThan(0);
  const [noName, noKey, nobody] = await Promise.all([
    cairn(env, "doctor", "greetings"),
    cairn({ GITHUB_API_URL: sandbox.url, APP_ID: "1" }, "doctor", name),
    cairn({ ...env, APP_ID: "999" }, "doctor", name),
  ]);
  expect(noName).toMatchObject({ code: 2, err: expect.stringContaining("OWNER/REPO") });
  expect(noKey).toMatchObject({ code: 2, err: expect.stringContaining("PRIVATE_KEY") });
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining("no such app") });
});
