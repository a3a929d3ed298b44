/** Actions that steps use: JavaScript and composite ones, those of the sandbox, those of a folder (docs: "Metadata syntax"). */
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

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

test("checkout takes a branch or a tag by its short name, a commit, a folder, and no place outside", async () => {
  await using m = await machine(
    flow(`
  a:
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/checkout@v5, with: { ref: v1, path: by-tag } }
      - { uses: actions/checkout@v5, with: { ref: topic/x, path: by-branch, fetch-depth: 0 } }
      - { uses: actions/checkout@v5, with: { ref: "\${{ github.sha }}", path: by-sha } }
      - run: for d in by-*; do echo "$d $(git -C $d rev-parse HEAD) $(git -C $d symbolic-ref -q --short HEAD)"; done
      - { uses: actions/checkout@v5, with: { ref: nowhere }, continue-on-error: true }
      - { uses: actions/checkout@v5, with: { path: ../../../../other } }
`),
  );
  m.sandbox.addCollaborator(m.repository, "maya", "admin");
  const maya = m.fixture.as(m.fixture.tokens.maintainer);
  const sha = m.repository.refs.get("refs/heads/main") ?? "";
  for (const ref of ["refs/tags/v1", "refs/heads/topic/x"]) {
    expect((await maya("POST", "/repos/acme/flows/git/refs", { ref, sha })).status).toBe(201);
  }
  const { log, jobs } = await m.run(W);
  expect(log).toContain(`by-tag ${sha} \n`);
  expect(log).toContain(`by-branch ${sha} topic/x\n`);
  expect(log).toContain(`by-sha ${sha} \n`);
  // The words of actions/checkout.
  expect(log).toContain("A branch or tag with the name 'nowhere' could not be found");
  expect(log).toMatch(/Repository path '.*other' is not under '/);
  expect(jobs.a).toBe("failure");
});
