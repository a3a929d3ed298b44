/** `strategy` (docs: "Running variations of jobs in a workflow", "Workflow syntax", `jobs.<job_id>.strategy`). */
import { expect, test } from "vitest";
import { combinationsOf } from "../../../src/sandbox/actions/matrix.ts";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("include extends what it does not contradict and adds the rest: the documentation's example", () => {
  const matrix = {
    fruit: ["apple", "pear"],
    animal: ["cat", "dog"],
    include: [
      { color: "green" },
      { color: "pink", animal: "cat" },
      { fruit: "apple", shape: "circle" },
      { fruit: "banana" },
      { fruit: "banana", animal: "cat" },
    ],
  };
  expect(combinationsOf(matrix)).toEqual([
    { fruit: "apple", animal: "cat", color: "pink", shape: "circle" },
    { fruit: "apple", animal: "dog", color: "green", shape: "circle" },
    { fruit: "pear", animal: "cat", color: "pink" },
    { fruit: "pear", animal: "dog", color: "green" },
    { fruit: "banana" },
    { fruit: "banana", animal: "cat" },
  ]);
});

test("exclude takes away what it matches in part, before include adds", () => {
  const matrix = {
    os: ["linux", "mac"],
    version: [12, 14, 16],
    environment: ["staging", "production"],
    exclude: [
      { os: "mac", version: 12, environment: "production" },
      { os: "linux", version: 16 },
    ],
    include: [{ os: "linux", version: 16, environment: "later" }],
  };
  const found = combinationsOf(matrix);
  expect(found).toHaveLength(12 - 3 + 1);
  expect(found.at(-1)).toEqual({ os: "linux", version: 16, environment: "later" });
});

test.each([
  [{ a: [] }, "Matrix vector 'a' does not contain any values"],
  [{}, "at least one vector"],
  [{ a: [1], exclude: [{ a: 1 }] }, "at least one vector"],
  [{ a: Array.from({ length: 257 }, (_, index) => index) }, "257 jobs; 256 are allowed"],
  [{ a: [1], include: ["x"] }, "matrix 'include'; expected mappings"],
  ["x", "expected a mapping"],
])("a matrix of %j is refused", (matrix, message) => {
  expect(() => combinationsOf(matrix)).toThrow(message);
});

test("a matrix out of another job's output names its jobs by their values", async () => {
  await using m = await machine(
    flow(`
  plan:
    runs-on: ubuntu-latest
    outputs: { matrix: "\${{ steps.p.outputs.m }}" }
    steps: [{ id: p, run: "echo 'm={\\"n\\":[1,2],\\"include\\":[{\\"n\\":2,\\"extra\\":\\"yes\\"}]}' >> $GITHUB_OUTPUT" }]
  each:
    needs: plan
    runs-on: ubuntu-latest
    strategy: { matrix: "\${{ fromJSON(needs.plan.outputs.matrix) }}" }
    steps: [{ run: "echo \${{ matrix.n }}\${{ matrix.extra }} of \${{ strategy.job-index }}/\${{ strategy.job-total }}" }]
  named:
    name: job \${{ matrix.word }}
    runs-on: ubuntu-latest
    strategy: { matrix: { word: [x, y] } }
    steps: [{ run: "true" }]
  after:
    needs: [each, named]
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`),
  );
  const { jobs, log } = await m.run(W);
  expect(jobs).toEqual({
    plan: "success",
    "each (1)": "success",
    "each (2, yes)": "success",
    "job x": "success",
    "job y": "success",
    after: "success",
  });
  expect(log).toContain("Z 1 of 0/2");
  expect(log).toContain("Z 2yes of 1/2");
});

test("the first failure of a matrix cancels the rest, unless fail-fast is off or the job may fail", async () => {
  const matrix = (strategy: string, more = ""): Record<string, string> =>
    flow(`
  a:
    runs-on: ubuntu-latest
    ${more}
    strategy: { ${strategy}matrix: { n: [1, 2, 3] } }
    steps:
      - run: if [ \${{ matrix.n }} = 1 ]; then exit 1; fi; sleep \${{ inputs.word }}
`);
  await using fast = await machine(matrix("max-parallel: 2, "));
  const first = await fast.run(W, { word: "30" });
  expect(first.jobs).toEqual({ "a (1)": "failure", "a (2)": "cancelled", "a (3)": "cancelled" });
  expect(first.run.conclusion).toBe("failure");
  await using slow = await machine(matrix("fail-fast: false, "));
  expect((await slow.run(W, { word: "0" })).jobs).toEqual({
    "a (1)": "failure",
    "a (2)": "success",
    "a (3)": "success",
  });
  await using may = await machine(matrix("", "continue-on-error: ${{ matrix.n == 1 }}"));
  const forgiven = await may.run(W, { word: "0" });
  expect(forgiven.jobs).toEqual({ "a (1)": "failure", "a (2)": "success", "a (3)": "success" });
  expect(forgiven.run.conclusion).toBe("success");
});

test("no more jobs of a matrix run at once than max-parallel says", async () => {
  await using m = await machine(
    flow(`
  a:
    runs-on: ubuntu-latest
    strategy: { max-parallel: 1, matrix: { n: [1, 2, 3] } }
    steps: [{ run: sleep 0.1 }]
`),
  );
  const { run } = await m.run(W);
  const spans = run.jobs.map((job) => [job.startedAt ?? 0, job.completedAt ?? 0] as const);
  spans.sort((a, b) => a[0] - b[0]);
  for (const [index, [start]] of spans.entries()) {
    if (index > 0) expect(start).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? 0);
  }
});

test("a matrix of a call calls once for each combination, and a broken one fails its job with the words why", async () => {
  await using m = await machine({
    ...flow(`
  a:
    strategy: { matrix: { n: [1, 2] } }
    uses: ./.github/workflows/c.yml
    with: { n: "\${{ matrix.n }}" }
  b:
    runs-on: ubuntu-latest
    strategy: { matrix: { n: "\${{ fromJSON('[]') }}" } }
    steps: [{ run: "true" }]
  c:
    runs-on: ubuntu-latest
    timeout-minutes: \${{ matrix.minutes }}
    strategy: { matrix: { minutes: [never] } }
    steps: [{ run: "true" }]
`),
    ".github/workflows/c.yml": `
on:
  workflow_call:
    inputs: { n: { type: string } }
jobs:
  i:
    runs-on: ubuntu-latest
    steps: [{ run: "echo n=\${{ inputs.n }}" }]
`,
  });
  const { jobs, log } = await m.run(W);
  expect(jobs).toEqual({
    "a (1) / i": "success",
    "a (2) / i": "success",
    b: "failure",
    "c (never)": "failure",
  });
  expect(log).toContain("Z n=1");
  expect(log).toContain("Z n=2");
  expect(log).toContain("Matrix vector 'n' does not contain any values");
  expect(log).toContain("Unexpected value 'never'; expected a number");
});
