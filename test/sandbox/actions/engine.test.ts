/** The runner against GitHub's documented behaviour of workflows (docs: "Workflow syntax for GitHub Actions"). */
import { createRemoteJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { machine } from "./machine.ts";

const flow = (jobs: string, head = ""): Record<string, string> => ({
  ".github/workflows/w.yml": `name: w\non:\n  workflow_dispatch:\n    inputs:\n      word: { type: string, default: hello }\n${head}jobs:\n${jobs}`,
});
const W = ".github/workflows/w.yml";

test("outputs of steps and jobs reach those that need them, and a skipped need skips", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    outputs: { said: "\${{ steps.say.outputs.word }}" }
    steps:
      - id: say
        run: echo "word=\${{ inputs.word }} there" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - run: echo "heard <\${{ needs.one.outputs.said }}>"
  three:
    needs: one
    if: needs.one.outputs.said == 'never'
    runs-on: ubuntu-latest
    steps: [{ run: echo no }]
  four:
    needs: [two, three]
    runs-on: ubuntu-latest
    steps: [{ run: echo no }]
  five:
    needs: three
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: "echo last \${{ needs.three.result }}" }]
`),
  );
  const { jobs, log, run } = await m.run(W);
  expect(jobs).toEqual({
    one: "success",
    two: "success",
    three: "skipped",
    four: "skipped",
    five: "success",
  });
  expect(log).toContain("heard <hello there>");
  expect(log).toContain("last skipped");
  expect(run.conclusion).toBe("success");
});

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

test("permissions of a job bound its token exactly", async () => {
  await using m = await machine(
    flow(
      `
  none:
    runs-on: ubuntu-latest
    permissions: {}
    steps:
      - run: |
          curl -s -o /dev/null -w "contents %{http_code}\\n" -H "authorization: token \${{ github.token }}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/contents/.github"
  issues:
    runs-on: ubuntu-latest
    permissions: { issues: write }
    steps:
      - run: |
          curl -s -o /dev/null -w "issue %{http_code}\\n" -d '{"title":"t"}' -H "authorization: token \${{ github.token }}" "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues"
`,
      "permissions: { contents: read }\n",
    ),
  );
  const { log } = await m.run(W);
  expect(log).toContain("contents 403");
  expect(log).toContain("issue 201");
});

test("timeout-minutes of a job ends it on the sandbox's clock", async () => {
  await using m = await machine(
    flow(`
  slow:
    runs-on: ubuntu-latest
    timeout-minutes: 1
    steps: [{ run: sleep 60 }]
`),
  );
  const run = await m.begin(W);
  await expect.poll(() => run.jobs[0]?.steps[0]?.status).toBe("in_progress");
  m.sandbox.clock.advance(61_000);
  const { jobs, log } = await m.ended(run);
  expect(jobs.slow).toBe("cancelled");
  expect(log).toContain("exceeded the maximum execution time of 1m0s");
});

test("a reusable workflow gets inputs and secrets, gives outputs, and no more permissions than its caller", async () => {
  const called = (permissions: string): string => `
on:
  workflow_call:
    inputs: { n: { type: number, required: true } }
    secrets: { key: { required: true } }
    outputs: { twice: { value: "\${{ jobs.calc.outputs.r }}" } }
jobs:
  calc:
    permissions: ${permissions}
    runs-on: ubuntu-latest
    outputs: { r: "\${{ steps.s.outputs.r }}" }
    steps:
      - id: s
        run: echo "r=$(( \${{ inputs.n }} * 2 ))" >> "$GITHUB_OUTPUT"; echo "key is \${{ secrets.key }}"
`;
  const caller = (file: string): string => `
on: { workflow_dispatch: {} }
permissions: { contents: read }
jobs:
  call:
    uses: ./.github/workflows/${file}
    with: { n: 21 }
    secrets: { key: "\${{ secrets.DEEP }}" }
  after:
    needs: call
    runs-on: ubuntu-latest
    steps: [{ run: "echo got \${{ needs.call.outputs.twice }}" }]
`;
  await using m = await machine({
    ".github/workflows/a.yml": caller("called.yml"),
    ".github/workflows/b.yml": caller("greedy.yml"),
    ".github/workflows/called.yml": called("{ contents: read }"),
    ".github/workflows/greedy.yml": called("{ contents: write }"),
  });
  const flows = [...m.sandbox.world.repositories.values()].find((one) => one.name === "flows");
  if (flows) m.sandbox.setSecret(flows, "DEEP", "deep-secret-value");
  const good = await m.run(".github/workflows/a.yml");
  expect(good.jobs).toEqual({ "call / calc": "success", after: "success" });
  expect(good.log).toContain("got 42");
  expect(good.log).toContain("key is ***");
  const bad = await m.run(".github/workflows/b.yml");
  expect(bad.run.conclusion).toBe("startup_failure");
  expect(bad.run.startupError).toContain(
    "is requesting 'contents: write', but is only allowed 'contents: read'",
  );
});

const ACTION = {
  "act/action.yml":
    "name: Act\ndescription: d\ninputs: { who: { description: w, default: you } }\nruns: { using: node24, main: main.mjs, pre: pre.mjs, post: post.mjs }\n",
  "act/pre.mjs": "console.log('pre ran')",
  "act/main.mjs":
    "import { appendFileSync } from 'node:fs'; console.log('main for ' + process.env.INPUT_WHO, process.env.ACTIONS_RUNTIME_TOKEN ? 'sees runtime' : 'no runtime'); appendFileSync(process.env.GITHUB_STATE, 'kept=yes\\n'); appendFileSync(process.env.GITHUB_OUTPUT, 'out=42\\n');",
  "act/post.mjs": "console.log('post kept ' + process.env.STATE_kept)",
};

test("a JavaScript action of this repository runs pre, main and post in order, by $/ without a checkout", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - id: act
        uses: $/act
        with: { who: me }
      - run: 'echo "out is \${{ steps.act.outputs.out }}, runtime <$ACTIONS_RUNTIME_TOKEN>"'
`),
    ...ACTION,
  });
  const { log, jobs } = await m.run(W);
  expect(jobs.one).toBe("success");
  expect(log).toMatch(/pre ran.*main for me sees runtime.*out is 42, runtime <>.*post kept yes/s);
});

test("checkout, artifacts and a second job that reads them", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v5
        with: { persist-credentials: false }
      - run: git log -1 --format=%s; cat file.txt; git config --get-regexp extraheader || echo "no credentials"
      - run: mkdir -p out/sub && echo deep > out/sub/x.txt
      - uses: actions/upload-artifact@v5
        with: { name: things, path: out }
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v5
        with: { name: things, path: got }
      - run: cat got/sub/x.txt
`),
    "file.txt": "from the tree\n",
  });
  const { log, jobs } = await m.run(W);
  expect(jobs).toEqual({ one: "success", two: "success" });
  expect(log).toContain("from the tree");
  expect(log).toContain("no credentials");
  expect(log).toMatch(/Z deep/);
});

test("nothing of the sandbox's environment reaches a job, and secrets are masked", async () => {
  process.env.CANARY_OF_THE_PARENT = "chirp";
  try {
    await using m = await machine(
      flow(`
  one:
    runs-on: ubuntu-latest
    outputs: { leak: "\${{ steps.s.outputs.leak }}", fine: ok }
    steps:
      - run: env | sort
      - id: s
        run: echo "::add-mask::hidden-word"; echo "it is hidden-word"; echo "leak=hidden-word" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: "echo leak <\${{ needs.one.outputs.leak }}> fine <\${{ needs.one.outputs.fine }}>" }]
`),
    );
    const { log } = await m.run(W);
    expect(log).not.toContain("chirp");
    expect(log).toContain("GITHUB_REPOSITORY=acme/flows");
    expect(log).toContain("it is ***");
    expect(log).toContain("leak <> fine <ok>");
    expect(log).not.toContain("ACTIONS_ID_TOKEN_REQUEST_URL");
  } finally {
    delete process.env.CANARY_OF_THE_PARENT;
  }
});

test("an id token is given to jobs that may write it, and stands up to the issuer's keys", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    permissions: { id-token: write }
    outputs: { half: "\${{ steps.t.outputs.a }}", rest: "\${{ steps.t.outputs.b }}" }
    steps:
      - id: t
        run: |
          curl -s -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=cairn" > token.json
          python3 -c "import json; t=json.load(open('token.json'))['value']; print('a='+t[:40]); print('b='+t[40:])" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: "echo TOKEN=\${{ needs.one.outputs.half }}\${{ needs.one.outputs.rest }}" }]
`),
  );
  const { log } = await m.run(W);
  const token =
    /TOKEN=(\S+)/.exec(log.split("Z TOKEN=")[1] ? `TOKEN=${log.split("Z TOKEN=")[1]}` : "")?.[1] ?? "";
  const issuer = `${m.sandbox.url}/_services/token`;
  const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks`));
  const { payload } = await jwtVerify(token, keys, { issuer, audience: "cairn" });
  expect(payload).toMatchObject({
    repository: "acme/flows",
    event_name: "workflow_dispatch",
    ref: "refs/heads/main",
    run_attempt: "1",
    job_workflow_ref: "acme/flows/.github/workflows/w.yml@refs/heads/main",
  });
});

test("a cancel stops what runs, lets always() jobs run, and starts no other", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - run: sleep 60
      - run: echo "cleanup ran"
        if: always()
      - run: echo "not this"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: echo no }]
  three:
    needs: one
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: "echo concluded after \${{ needs.one.result }}" }]
`),
  );
  const run = await m.begin(W);
  await expect.poll(() => run.jobs[0]?.status).toBe("in_progress");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(m.sandbox.engine?.cancel(run.repositoryId, run.id, "ask")).toBe(true);
  const { jobs, log } = await m.ended(run);
  expect(jobs).toEqual({ one: "cancelled", two: "cancelled", three: "success" });
  expect(log).toContain("cleanup ran");
  expect(log).not.toContain("Z not this");
  expect(log).toContain("concluded after cancelled");
  expect(run.conclusion).toBe("cancelled");
});

test("re-run of failed jobs keeps the outputs of those that succeeded", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    outputs: { at: "\${{ steps.s.outputs.at }}" }
    steps:
      - id: s
        run: echo "at=attempt-$GITHUB_RUN_ATTEMPT" >> "$GITHUB_OUTPUT"
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "one was \${{ needs.one.outputs.at }}, this is $GITHUB_RUN_ATTEMPT"; test $GITHUB_RUN_ATTEMPT -gt 1' }]
`),
  );
  const first = await m.run(W);
  expect(first.run.conclusion).toBe("failure");
  expect(m.sandbox.engine?.rerun(first.run.repositoryId, first.run.id, "failed", m.maya)).toBe(true);
  const second = await m.ended(first.run);
  expect(second.run).toMatchObject({ attempt: 2, conclusion: "success" });
  expect(second.log).toContain("one was attempt-1, this is 2");
  const before = m.sandbox.engine?.attempt(first.run.repositoryId, first.run.id, 1);
  expect(before?.conclusion).toBe("failure");
});

test("a lost machine takes its processes along and is called failed later", async () => {
  await using m = await machine(
    flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - run: sleep 60
      - run: echo "after all"
        if: always()
`),
  );
  const run = await m.begin(W);
  await expect.poll(() => run.jobs[0]?.status).toBe("in_progress");
  await new Promise((resolve) => setTimeout(resolve, 200));
  m.sandbox.engine?.loseRunner(run.jobs[0]?.id ?? 0, 60_000);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(run.status).toBe("in_progress");
  m.sandbox.clock.advance(60_000);
  const { jobs, log } = await m.ended(run);
  expect(jobs.one).toBe("failure");
  expect(log).not.toContain("after all");
  expect(log).toContain("lost communication");
});

test("what is not known fails the run and says so", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    steps: [{ uses: docker://alpine }]
  two:
    runs-on: windows-latest
    steps: [{ run: echo no }]
  three:
    runs-on: ubuntu-latest
    steps: [{ uses: somebody/unknown@v1 }]
`),
    ".github/workflows/c.yml":
      "on: { workflow_dispatch: {} }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: alpine\n    steps: [{ run: echo no }]\n",
  });
  const { jobs, log } = await m.run(W);
  expect(jobs).toEqual({ one: "failure", two: "failure", three: "failure" });
  expect(log).toContain("container actions are not run here");
  expect(log).toContain("Unable to resolve action `somebody/unknown@v1`");
  const refused = await m.run(".github/workflows/c.yml");
  expect(refused.run.conclusion).toBe("startup_failure");
  expect(refused.run.startupError).toContain("'container' of job 'a' is not honoured");
});

test("a concurrency group runs one, keeps one, and cancels the one that waited before it", async () => {
  await using m = await machine(
    flow(
      `
  one:
    runs-on: ubuntu-latest
    steps: [{ run: sleep 0.6 }]
`,
      "concurrency: only\n",
    ),
  );
  const runs = [await m.begin(W), await m.begin(W), await m.begin(W)];
  const ends = await Promise.all(runs.map((run) => m.ended(run)));
  expect(ends.map((end) => end.run.conclusion)).toEqual(["success", "cancelled", "success"]);
});
