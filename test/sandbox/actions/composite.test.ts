/** Composite actions (docs: "Metadata syntax", `runs` for composite actions; actions/runner, CompositeActionHandler). */
import { expect, test } from "vitest";
import { steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

const composite = (text: string, head = ""): string =>
  `name: c\ndescription: d\n${head}runs:\n  using: composite\n  steps:\n${text
    .trim()
    .split("\n")
    .map((line) => `    ${line}\n`)
    .join("")}`;

test("inputs with defaults go in, outputs of its steps come out, its own steps and variables stay its own", async () => {
  await using m = await machine({
    ...steps(`
- uses: actions/checkout@v5
- id: outer
  run: echo x=of-the-job >> "$GITHUB_OUTPUT"
- id: c
  uses: ./act
  with: { who: me }
  env: { MOOD: good }
- run: 'echo "out <\${{ steps.c.outputs.said }}> mood <$MOOD> kept <$KEPT> inner <\${{ steps.say.outputs.x }}>"'
`),
    "act/action.yml": composite(
      `
- id: say
  shell: bash
  working-directory: act
  run: |
    echo "x=\${{ inputs.who }} \${{ inputs.greeting }} $MOOD" >> "$GITHUB_OUTPUT"
    echo "outer <\${{ steps.outer.outputs.x }}> in $(basename "$PWD") at $(basename "$GITHUB_ACTION_PATH") \${{ github.action_path == env.GITHUB_ACTION_PATH }}"
    echo KEPT=yes >> "$GITHUB_ENV"
- shell: bash
  env: { MOOD: better }
  run: echo "mood $MOOD input <$INPUT_WHO>"
`,
      'inputs: { who: { description: d }, greeting: { description: d, default: "hello at ${{ github.ref_name }}" } }\noutputs: { said: { description: d, value: "${{ steps.say.outputs.x }}" } }\n',
    ),
  });
  const { log, run } = await m.run(W);
  expect(log).toContain("out <me hello at main good> mood <> kept <yes> inner <>");
  expect(log).toContain("outer <> in act at act");
  expect(log).toContain("mood better input <>");
  expect(run.conclusion).toBe("success");
});

test("composite actions nest, and a failure inside is told by failure() at each level", async () => {
  await using m = await machine({
    ...steps(`
- uses: actions/checkout@v5
- id: c
  uses: ./outer
  continue-on-error: true
- run: echo "outcome \${{ steps.c.outcome }}, job \${{ job.status }}"
- run: exit 1
- if: failure()
  uses: ./after
`),
    "outer/action.yml": composite(`
- id: inner
  uses: ./inner
- shell: bash
  run: echo not this
- if: failure()
  shell: bash
  run: echo "outer heard \${{ steps.inner.outcome }}"
`),
    "inner/action.yml": composite(`
- shell: bash
  run: exit 1
- if: always()
  shell: bash
  run: echo inner always
`),
    // The action's own steps have not failed: success() holds inside, whatever the job is.
    "after/action.yml": composite("- shell: bash\n  run: echo after all"),
  });
  const { log, jobs } = await m.run(W);
  expect(log).toContain("Z inner always");
  expect(log).toContain("Z outer heard failure");
  expect(log).not.toContain("Z not this");
  expect(log).toContain("outcome failure, job success");
  expect(log).toContain("Z after all");
  expect(jobs.a).toBe("failure");
});

test("an action of another repository finds its own files by $/ and posts run last first", async () => {
  const node = (name: string): Record<string, string> => ({
    [`${name}/action.yml`]: `name: ${name}\ndescription: d\nruns: { using: node20, main: main.mjs, post: main.mjs, post-if: always() }\n`,
    [`${name}/main.mjs`]: `console.log('${name} ' + (process.env.STATE_done ? 'post' : 'main') + ' of ' + process.env.GITHUB_ACTION_REPOSITORY + ' ' + process.env.GITHUB_ACTION_REF); (await import('node:fs')).appendFileSync(process.env.GITHUB_STATE, 'done=1\\n');`,
  });
  await using m = await machine(steps("- uses: acme/shared/top@main"));
  await m.sandbox.createRepository("acme", "shared", {
    private: true,
    files: { "top/action.yml": composite("- uses: $/one\n- uses: $/two"), ...node("one"), ...node("two") },
  });
  const { log, run } = await m.run(W);
  expect(run.conclusion).toBe("success");
  expect(log.match(/Z (?:one|two) (?:main|post)/g)).toEqual([
    "Z one main",
    "Z two main",
    "Z two post",
    "Z one post",
  ]);
});

test.each([
  ["- run: echo x", "Required property is missing: shell"],
  ["- shell: bash\n  run: echo x\n  services: {}", "Unexpected value 'services'"],
])("a composite step of %j is refused", async (text, message) => {
  await using m = await machine({
    ...steps("- uses: actions/checkout@v5\n- uses: ./act"),
    "act/action.yml": composite(text),
  });
  const { log, jobs } = await m.run(W);
  expect(jobs.a).toBe("failure");
  expect(log).toContain(message);
});

test("a cancel reaches what a composite action runs, and ends it", async () => {
  await using m = await machine({
    ...steps("- uses: actions/checkout@v5\n- uses: ./act\n- if: cancelled()\n  run: echo cancelled it is"),
    "act/action.yml": composite(
      "- shell: bash\n  run: echo begun; sleep 60\n- shell: bash\n  run: echo not this",
    ),
  });
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  m.sandbox.engine?.cancel(run.repositoryId, run.id, "ask");
  const { log, jobs } = await m.ended(run);
  expect(jobs.a).toBe("cancelled");
  expect(run.jobs[0]?.steps[1]?.conclusion).toBe("cancelled");
  expect(log).not.toContain("Z not this");
  expect(log).toContain("Z cancelled it is");
});
