/** The workflow and its caller: valid by GitHub's own parser, and each job with exactly the rights that it needs. */
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { tables, withTables } from "../../action/tables.ts";
import { CALLER_PATH, callerWorkflow } from "../../src/checkout/caller-workflow.ts";
import { evaluateIf } from "../../src/sandbox/actions/expressions.ts";
import { excess } from "../../src/sandbox/actions/permissions.ts";
import { readWorkflow, type WorkflowFile } from "../../src/sandbox/actions/workflow-file.ts";

const PATH = ".github/workflows/cairn.yml";
const source = await readFile(PATH, "utf8");
const actionSource = await readFile("action/action.yml", "utf8");

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly if?: string;
  readonly name?: string;
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly "timeout-minutes"?: unknown;
}
const workflow = parse(source) as { readonly jobs: Readonly<Record<string, Job>> };
const action = parse(actionSource) as {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly required: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: Readonly<Record<string, string>>;
};
const steps = Object.entries(workflow.jobs).flatMap(([job, { steps }]) =>
  steps.map((step) => ({ job, ...step })),
);
const ours = steps.filter((step) => step.uses === "$/action");

async function valid(path: string, text: string): Promise<WorkflowFile> {
  const parsed = await readWorkflow(path, text);
  if (parsed.kind === "invalid") throw new Error(parsed.message);
  return parsed.file;
}

test("each job has its own rights, and nobody else's", async () => {
  const file = await valid(PATH, source);
  expect(file.permissions).toEqual({ metadata: "read" });
  const rights = Object.fromEntries(file.jobs.map((job) => [job.key, job.permissions]));
  const metadata = "read";
  expect(rights).toEqual({
    gate: { "id-token": "write", metadata },
    // It reads what anybody may have written.
    triage: { contents: "read", metadata },
    // I12: the agent's code can prove to nobody that it is this run, and can write nothing.
    agent: { contents: "read", metadata },
    verify: { contents: "read", metadata },
    // What the agent wrote runs here too.
    check: { contents: "read", metadata },
    review: { contents: "read", metadata },
    effect: { "id-token": "write", metadata },
    conclude: { "id-token": "write", metadata },
  });
});

test("the caller grants what the jobs ask for, and not more", async () => {
  const text = callerWorkflow({ app: "https://cairn.example/" });
  const caller = await valid(CALLER_PATH, text);
  expect(caller.permissions).toEqual({ contents: "read", "id-token": "write", metadata: "read" });
  for (const job of (await valid(PATH, source)).jobs) {
    expect(excess(job.permissions ?? {}, caller.permissions ?? {})).toBeUndefined();
  }
  expect(Object.keys(caller.on)).toEqual(["workflow_dispatch"]);
  expect(Object.keys(caller.dispatchInputs ?? {})).toEqual(["issue", "intent"]);
  expect(caller.jobs.map((job) => job.uses)).toEqual(["cairn-dev/cairn/.github/workflows/cairn.yml@v1"]);
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(12);
  expect(text).toContain(`run-name: "cairn #\${{ inputs.issue }} intent \${{ inputs.intent }}"`);
});

test("the reusable workflow takes what the caller gives, and no secret", async () => {
  const file = await valid(PATH, source);
  const inputs = Object.entries(file.call?.inputs ?? {}).map(([name, { required }]) => [name, required]);
  expect(inputs).toEqual([
    ["issue", true],
    ["intent", true],
    ["app", true],
  ]);
  expect(file.call?.secrets).toEqual({});
});

test("no job runs a shell line, so no text from elsewhere can become one", () => {
  expect(steps.filter((step) => step.run !== undefined)).toEqual([]);
});

test("the agent's job is named by its effect key, and its checkout keeps no credentials", () => {
  expect(workflow.jobs.agent?.name).toBe(`\${{ needs.gate.outputs.agent-key }}`);
  const checkouts = steps.filter((step) => step.uses?.startsWith("actions/checkout@"));
  expect(checkouts.map(({ job, with: given }) => [job, given?.["persist-credentials"]])).toEqual([
    ["triage", false],
    ["agent", false],
    ["verify", false],
    ["check", false],
    ["review", false],
  ]);
  expect(workflow.jobs.review?.name).toBe(`\${{ needs.gate.outputs.review-key }}`);
});

/** What the effect job gets: the verified patch, or what the review command left. */
const LEFT = "$" + "{{ needs.gate.outputs.edge == 'review' && 'cairn-verdict' || 'cairn-verified' }}";

test("jobs that write check nothing out and get no folder of the agent's", () => {
  for (const name of ["gate", "effect", "conclude"]) {
    const used = workflow.jobs[name]?.steps ?? [];
    expect(used.filter((step) => step.uses?.startsWith("actions/checkout@"))).toEqual([]);
    const taken = used.filter((step) => step.uses?.startsWith("actions/download-artifact@"));
    expect(taken.map((step) => step.with?.name)).toEqual(name === "effect" ? [LEFT] : []);
  }
});

test("the check's job gets no token, is on the verified commit, and nothing but words comes out of it", () => {
  const { check } = workflow.jobs;
  const uses = check?.steps ?? [];
  expect(JSON.stringify(uses)).not.toMatch(/token|secret/i);
  expect(uses.find((step) => step.uses?.startsWith("actions/checkout@"))?.with?.ref).toBe(
    `\${{ needs.verify.outputs.base-commit }}`,
  );
  const taken = [...source.matchAll(/needs\.check\.(\S+)/g)].map(([, what]) => what);
  expect(taken).toEqual(["result"]);
});

/** A run that has taken an intent; `said`: what the triage job says of itself. */
const triaged = (result: string, said?: string) => ({
  gate: { result: "success", outputs: { "agent-key": "agent.run:12#g1a1" } },
  triage: { result, outputs: said === undefined ? {} : { outcome: said } },
});

test.each<[string, boolean, object, boolean]>([
  ["no triage command is configured", true, triaged("skipped"), false],
  ["the triage command took it", true, triaged("success", "take"), false],
  ["the triage command said nothing of use", true, triaged("success", "unusable"), false],
  ["the triage command has a question", false, triaged("success", "ask"), false],
  // GitHub drops an output that contains a secret.
  ["the triage job's word got lost", true, triaged("success"), false],
  ["the triage job failed", true, triaged("failure"), false],
  ["the triage job failed behind its question", true, triaged("failure", "ask"), false],
  ["the triage job ran out of time", true, triaged("cancelled"), false],
  ["the run is a re-run", false, triaged("success", "neutral"), false],
  ["the run was cancelled", false, triaged("success", "take"), true],
  [
    "the gate has failed",
    false,
    { ...triaged("skipped"), gate: { result: "failure", outputs: { "agent-key": "k" } } },
    false,
  ],
  ["no agent is to run", false, { ...triaged("skipped"), gate: { result: "success", outputs: {} } }, false],
])("%s: the agent's job starts: %s", async (_what, starts, found, cancelled) => {
  const agent = (await valid(PATH, source)).jobs.find(({ key }) => key === "agent");
  const status = { success: () => false, failure: () => false, cancelled: () => cancelled };
  expect(evaluateIf(agent?.if, { needs: found }, status)).toBe(starts);
});

test("the triage's job gets no token, is on the commit of the intent, and only its question stops anything", () => {
  const uses = workflow.jobs.triage?.steps ?? [];
  expect(JSON.stringify(uses)).not.toMatch(/token|secret/i);
  expect(uses.find((step) => step.uses?.startsWith("actions/checkout@"))?.with?.ref).toBe(
    `\${{ needs.gate.outputs.commit }}`,
  );
  const taken = [...source.matchAll(/needs\.triage\.(\w+(?:\.\w+)?)/g)].map(([, what]) => what);
  expect([...new Set(taken)].sort()).toEqual(["outputs.outcome", "result"]);
});

test.each<[string, boolean, string, string, string, boolean]>([
  ["verify", true, "success", "done", "skipped", false],
  ["verify", false, "success", "failed", "skipped", false],
  ["verify", false, "skipped", "", "success", false],
  ["verify", false, "failure", "done", "skipped", false],
  ["verify", false, "success", "done", "skipped", true],
  ["check", true, "success", "go", "skipped", false],
  ["check", true, "success", "go", "failure", false],
  ["check", false, "failure", "go", "skipped", false],
  ["check", false, "success", "neutral", "skipped", false],
  ["check", false, "success", "go", "skipped", true],
])("%s starts: %s, where the job before it ended as %s and said %s, and triage was %s", async (name, starts, result, outcome, triage, cancelled) => {
  const job = (await valid(PATH, source)).jobs.find(({ key }) => key === name);
  const status = { success: () => false, failure: () => false, cancelled: () => cancelled };
  const before = { result, outputs: { outcome } };
  const ended =
    name === "check" ? { agent: { result: "success", outputs: {} }, verify: before } : { agent: before };
  const gate = { result: "success", outputs: { check: "required" } };
  const found = { gate, triage: { result: triage, outputs: {} }, ...ended };
  expect(evaluateIf(job?.if, { needs: found }, status)).toBe(starts);
});

/** A run whose patch was verified; `check`: what the gate said of it. */
const needs = (check: string | undefined, result: string, verify = "success") => ({
  gate: { result: "success", outputs: check === undefined ? {} : { check } },
  agent: { result: "success", outputs: {} },
  verify: { result: verify, outputs: { outcome: "go" } },
  check: { result, outputs: { outcome: "done", step: "success" } },
  review: { result: "skipped", outputs: {} },
});

/** A run of the review command alone. */
const looked = (result: string, outcome: string) => ({
  gate: { result: "success", outputs: { check: "none", edge: "review" } },
  ...Object.fromEntries(["agent", "verify", "check"].map((job) => [job, { result: "skipped", outputs: {} }])),
  review: { result, outputs: { outcome } },
});

test.each<[string, boolean, ReturnType<typeof needs> | ReturnType<typeof looked>, boolean]>([
  ["there is no check", true, needs("none", "skipped"), false],
  ["the check succeeded", true, needs("required", "success"), false],
  ["the check failed", false, needs("required", "failure"), false],
  ["the check was cancelled", false, needs("required", "cancelled"), false],
  ["the check was skipped", false, needs("required", "skipped"), false],
  // GitHub drops an output that contains a secret.
  ["the gate's word got lost", false, needs(undefined, "skipped"), false],
  ["the gate's word got lost on the way to an empty one", false, needs("", "skipped"), false],
  ["the verified patch could not be uploaded", false, needs("none", "skipped", "failure"), false],
  ["the run was cancelled", false, needs("none", "skipped"), true],
  ["the review command left a verdict", true, looked("success", "done"), false],
  ["the review command said nothing of use", false, looked("success", "failed"), false],
  ["the verdict could not be uploaded", false, looked("failure", "done"), false],
  ["the review was cancelled", false, looked("success", "done"), true],
])("%s: the effect job starts: %s", async (_what, starts, found, cancelled) => {
  const effect = (await valid(PATH, source)).jobs.find(({ key }) => key === "effect");
  const status = { success: () => false, failure: () => false, cancelled: () => cancelled };
  expect(evaluateIf(effect?.if, { needs: found }, status)).toBe(starts);
});

test("every artifact is asked for by its name", () => {
  const taken = steps.filter((step) => step.uses?.startsWith("actions/download-artifact@"));
  expect(taken.map(({ job, with: given }) => [job, given?.name])).toEqual([
    ["triage", "cairn-issue"],
    ["agent", "cairn-issue"],
    ["agent", "cairn-triage"],
    ["verify", "cairn-issue"],
    ["verify", "cairn-patch"],
    ["check", "cairn-issue"],
    ["check", "cairn-verified"],
    ["review", "cairn-issue"],
    ["effect", LEFT],
  ]);
});

test("conclude always runs, behind all the others; every job has a limit of time", () => {
  const { conclude, ...before } = workflow.jobs;
  expect(conclude).toMatchObject({ if: "always()", needs: Object.keys(before) });
  for (const job of Object.values(workflow.jobs)) expect(job["timeout-minutes"]).toBeTruthy();
});

test("every input and output is described, in kebab-case, and used; nothing else is", () => {
  for (const [name, field] of [...Object.entries(action.inputs), ...Object.entries(action.outputs)]) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(field.description.length).toBeGreaterThan(10);
  }
  const given = new Set(ours.flatMap((step) => Object.keys(step.with ?? {})));
  expect([...given].sort()).toEqual(Object.keys(action.inputs).sort());
  const taken = [...source.matchAll(/steps\.(\w+)\.outputs\.([\w-]+)/g)].map(([, , name]) => name ?? "");
  expect([...new Set(taken)].sort()).toEqual(Object.keys(action.outputs).sort());
  for (const [name, { required }] of Object.entries(action.inputs)) {
    if (required) for (const step of ours) expect(Object.keys(step.with ?? {})).toContain(name);
  }
});

test("what a job takes from another is one of that job's outputs", () => {
  const asked = [...source.matchAll(/needs\.(\w+)\.outputs\.([\w-]+)/g)];
  expect(asked.length).toBeGreaterThan(10);
  for (const [, job = "", name = ""] of asked) {
    expect(Object.keys(workflow.jobs[job]?.outputs ?? {})).toContain(name);
  }
});

test("GitHub runs the bundle on node24", () => {
  expect(action.runs).toEqual({ using: "node24", main: "dist/index.js" });
});

test("the tables for the README name every field, and every right has its reason", () => {
  const made = tables(actionSource, source);
  for (const name of Object.keys(action.inputs)) expect(made.inputs).toContain(`| \`${name}\` |`);
  for (const name of Object.keys(action.outputs)) expect(made.outputs).toContain(`| \`${name}\` |`);
  const rights = made.permissions.split("\n").slice(2);
  expect(rights).toHaveLength(8);
  for (const row of rights) expect(row).toMatch(/^\| `\w+` \| `[\w-]+: (read|write)` \| \S.+ \|$/);
});

test("a table goes into its place and leaves all else as it was", () => {
  const made = { ...tables(actionSource, source), inputs: "| $1 | $& |" };
  const text = "# A\n<!-- inputs:start -->\nold\n<!-- inputs:end -->\nend\n";
  const written = withTables(text, made);
  expect(written).toBe("# A\n<!-- inputs:start -->\n| $1 | $& |\n<!-- inputs:end -->\nend\n");
  expect(withTables(written, made)).toBe(written);
});

test("the README's tables are those of the files", async () => {
  const readme = await readFile("README.md", "utf8").catch(() => "");
  expect(withTables(readme, tables(actionSource, source))).toBe(readme);
});
