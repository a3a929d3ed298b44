/** Steps: shells, folders, variables, conditions, ends (docs: "Workflow syntax", `jobs.<job_id>.steps`). */
import { expect, test } from "vitest";
import { flow, steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("defaults, shell and working-directory of workflow, job and step are honoured", async () => {
  await using m = await machine({
    ...flow(
      `
  one:
    runs-on: ubuntu-latest
    defaults: { run: { working-directory: sub } }
    steps:
      - run: mkdir -p sub/deeper
        working-directory: .
      - run: basename "$PWD"
      - run: basename "$PWD"
        working-directory: sub/deeper
      - run: print("from python")
        shell: python
      - run: 'false | true; echo "pipe passed"'
      - run: 'false | true; echo "not reached"'
        shell: bash
`,
      "defaults:\n  run:\n    shell: sh\n",
    ),
  });
  const { log, jobs } = await m.run(W);
  expect(log).toMatch(/sub\n.*deeper/s);
  expect(log).toContain("from python");
  expect(log).toContain("pipe passed");
  expect(log).not.toContain("Z not reached");
  expect(jobs.one).toBe("failure");
});

test("env gives way to the default GITHUB_ and RUNNER_ variables, and to no other", async () => {
  await using m = await machine(
    steps(
      `
- run: echo "id=$GITHUB_RUN_ID os=$RUNNER_OS token=$GITHUB_TOKEN ci=$CI"
  env: { GITHUB_RUN_ID: spoofed, RUNNER_OS: spoofed, GITHUB_TOKEN: mine, CI: no }
- run: echo "GITHUB_SHA=spoofed" >> "$GITHUB_ENV"
- run: test "$GITHUB_SHA" = "\${{ github.sha }}"
`,
      "env: { GITHUB_RUN_ID: spoofed }\n",
    ),
  );
  // docs: "Variables reference": the default variables cannot be overwritten, CI can.
  const { log, run } = await m.run(W);
  expect(log).toContain(`id=${run.id} os=Linux token=mine ci=no`);
  expect(run.conclusion).toBe("success");
});

test("a step's own env is there for its if and its name, and a broken env fails it", async () => {
  await using m = await machine(
    steps(`
- if: env.T == 'q'
  name: with \${{ env.T }}
  env: { T: q }
  run: echo it ran
- if: env.T == 'q'
  run: echo not this
- if: false
  env: { T: "\${{ fromJSON('{') }}" }
  run: echo nor this
`),
  );
  const { log, run } = await m.run(W);
  expect(log).toMatch(/Z it ran/);
  expect(log).not.toMatch(/Z nor? t/);
  expect(run.jobs[0]?.steps).toMatchObject([
    { name: "with q", conclusion: "success" },
    { conclusion: "skipped" },
    { conclusion: "failure" },
  ]);
});

test("a step that may fail has an outcome and a conclusion", async () => {
  await using m = await machine(
    steps(`
- id: one
  run: exit 1
  continue-on-error: \${{ inputs.word == 'hello' }}
- run: echo "\${{ steps.one.outcome }} then \${{ steps.one.conclusion }}, job \${{ job.status }}"
`),
  );
  const { log, run } = await m.run(W);
  expect(log).toContain("failure then success, job success");
  expect(run.conclusion).toBe("success");
});

test("timeout-minutes of a step ends that step, and it counts as failed", async () => {
  await using m = await machine(
    steps(`
- name: slow
  timeout-minutes: 2
  run: echo begun; sleep 60
- if: failure()
  run: echo after the time-out
`),
  );
  const run = await m.begin(W);
  await m.said(run, "Z begun");
  m.sandbox.clock.advance(120_000);
  const { log, jobs } = await m.ended(run);
  expect(jobs.a).toBe("failure");
  expect(log).toContain("The action 'slow' has timed out after 2 minutes.");
  expect(log).toContain("Z after the time-out");
});

test("hashFiles() hashes what its patterns leave, and nothing is the empty string", async () => {
  await using m = await machine({
    ...steps(`
- uses: actions/checkout@v5
- run: |
    echo "one <\${{ hashFiles('**/package-lock.json', '!other/**') }}>"
    echo "folder <\${{ hashFiles('deep') }}>"
    echo "none <\${{ hashFiles('*.none') }}>"
    python3 -c "import hashlib as h; print(h.sha256(h.sha256(open('deep/package-lock.json','rb').read()).digest()).hexdigest())"
`),
    "deep/package-lock.json": "{}",
    "other/package-lock.json": "{ }",
  });
  const { log } = await m.run(W);
  // docs: "Expressions", hashFiles: a hash for each file, and one over those.
  const one = /one <([0-9a-f]{64})>/.exec(log)?.[1];
  expect(one).toBeDefined();
  expect(log).toContain(`folder <${one}>`);
  expect(log).toContain("none <>");
  expect(log).toContain(`Z ${one}`);
});

test("a working directory that is not there, and a shell that nobody knows, are told by name", async () => {
  await using m = await machine(
    steps(`
- run: echo no
  working-directory: nowhere
  continue-on-error: true
- run: echo no
  shell: cmd
`),
  );
  const { log, jobs } = await m.run(W);
  expect(jobs.a).toBe("failure");
  expect(log).toMatch(/the working directory '.*nowhere' does not exist/);
  expect(log).toContain("the shell 'cmd' is not here");
});
