/** Actions that steps use: JavaScript and composite ones, those of the sandbox, those of a folder (docs: "Metadata syntax"). */
import { expect, test } from "vitest";
import { loadHead } from "../../../src/sandbox/api/actions/heads.ts";
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
      - run: touch by-tag/mine
      - { uses: actions/checkout@v5, with: { path: by-tag, fetch-tags: true, clean: false } }
      - run: echo "tags $(git -C by-tag tag) $(ls by-tag)"
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
  expect(log).toContain("Z tags v1 mine");
  // The words of actions/checkout.
  expect(log).toContain("A branch or tag with the name 'nowhere' could not be found");
  expect(log).toMatch(/Repository path '.*other' is not under '/);
  expect(jobs.a).toBe("failure");
});

test("pre runs before the first step, a local action has none, and each has its place among the steps", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    env: { WHO: env }
    steps:
      - run: echo first step
      - uses: actions/checkout@v5
      - uses: $/act
        with: { who: "\${{ env.WHO }}" }
      - uses: ./act
`),
    ...ACTION,
  });
  const { log, run } = await m.run(W);
  expect(log.match(/Z (?:pre ran|first step|main for \w+|post kept \w+)/g)).toEqual([
    "Z pre ran",
    "Z first step",
    "Z main for env",
    "Z main for you",
    "Z post kept yes",
    "Z post kept yes",
  ]);
  expect(log).toContain("`pre` execution is not supported for local action from './act'");
  expect(run.jobs[0]?.steps.map(({ name, number, conclusion }) => `${number} ${name} ${conclusion}`)).toEqual(
    [
      "1 Pre Run $/act success",
      "2 Run echo first step success",
      "3 Run actions/checkout@v5 success",
      "4 Run $/act success",
      "5 Run ./act success",
      "6 Post Run ./act success",
      "7 Post Run $/act success",
    ],
  );
});

test("an action that is not to be had fails the job before its first step, though its own step would be skipped", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    steps:
      - run: echo first step
      - { uses: somebody/unknown@v1, if: false }
  two:
    runs-on: ubuntu-latest
    steps: [{ uses: $/again }]
`),
    "again/action.yml": "name: a\ndescription: d\nruns:\n  using: composite\n  steps:\n    - uses: $/again\n",
  });
  const { log, jobs } = await m.run(W);
  expect(jobs).toEqual({ one: "failure", two: "failure" });
  expect(log).not.toContain("Z first step");
  expect(log).toContain("Unable to resolve action `somebody/unknown@v1`");
  expect(log).toContain("Composite action depth exceeded max depth 9");
});

test("checkout brings submodules along where it is asked to", async () => {
  await using m = await machine(
    flow(`
  a:
    runs-on: ubuntu-latest
    steps:
      - { uses: actions/checkout@v5, with: { submodules: recursive } }
      - run: cat part/word.txt
      - { uses: actions/checkout@v5, with: { lfs: true } }
`),
  );
  const part = await m.sandbox.createRepository("acme", "part", { files: { "word.txt": "of the part\n" } });
  const store = m.sandbox.services.stores.get(m.repository.id);
  const head = m.repository.refs.get("refs/heads/main") ?? "";
  const commit = await store?.readCommit(head);
  if (!store || !commit) throw new Error("no commit");
  const modules = '[submodule "part"]\n\tpath = part\n\turl = ../part\n';
  const tree = await store.createTree(commit.tree, [
    { path: ".gitmodules", mode: "100644", sha: await store.createBlob(Buffer.from(modules)) },
    { path: "part", mode: "160000", sha: part.refs.get("refs/heads/main") ?? null },
  ]);
  const { author, committer } = commit;
  const sha = await store.createCommit({ tree, parents: [head], author, committer, message: "Add a part\n" });
  await store.updateRef({ ref: "refs/heads/main", to: sha });
  // Written past the API, which would have seen the new head come.
  await loadHead(m.sandbox.services, m.repository.id, sha);
  const { log } = await m.run(W);
  expect(log).toContain("Z of the part");
  expect(log).toContain("the sandbox keeps no large files (lfs)");
});
