/** What steps say to their job: workflow commands and environment files (docs: "Workflow commands for GitHub Actions"). */
import { expect, test } from "vitest";
import { steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("longer secrets are masked before shorter ones, in the header of a script too", async () => {
  await using m = await machine(
    steps(`
- run: echo '::add-mask::abc'; echo '::add-mask::abcdef'
- run: echo v=abcdef w=abc
- run: echo '::set-output name=x::y'; echo '::save-state name=x::y'
  id: s
- run: echo x=\${{ steps.s.outputs.x }}
`),
  );
  const { log } = await m.run(W);
  expect(log).toContain("##[group]Run echo v=*** w=***");
  expect(log).toContain("Z v=*** w=***");
  expect(log).not.toContain("::add-mask::abc\n");
  // Deprecated since 2022, and still at work.
  expect(log).toContain("Z x=y");
  expect(log).toContain("The `set-output` command is deprecated");
});

test("environment files hold names with values, lines between delimiters, paths and a summary", async () => {
  await using m = await machine(
    steps(`
- id: s
  run: |
    printf 'one=1\\ntext<<END\\nfirst\\n\\n  last=x\\nEND\\neq=a<<b\\n' >> "$GITHUB_OUTPUT"
    echo 'KEPT=yes' >> "$GITHUB_ENV"
    mkdir -p "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho from-path' > "$RUNNER_TEMP/bin/mine" && chmod +x "$RUNNER_TEMP/bin/mine"
    echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
    echo '# Sum' >> "$GITHUB_STEP_SUMMARY"
    echo "not yet <$KEPT>"
- run: |
    mine; echo "kept $KEPT \${{ env.KEPT }}"
    echo '\${{ toJSON(steps.s.outputs.text) }}' '\${{ steps.s.outputs.eq }}'
`),
  );
  const { log, run } = await m.run(W);
  expect(log).toContain("Z not yet <>");
  expect(log).toContain("Z from-path");
  expect(log).toContain("Z kept yes yes");
  expect(log).toContain('Z "first\\n\\n  last=x" a<<b');
  expect(m.sandbox.engine?.summary(run.jobs[0]?.id ?? 0)).toBe("# Sum\n");
});

test.each([
  ["echo 'no value' >> $GITHUB_OUTPUT", "failure", "Invalid format 'no value'"],
  ["printf 'a<<END\\nx\\n' >> $GITHUB_ENV", "failure", "Matching delimiter not found 'END'"],
  ["printf '<<END\\nx\\n' >> $GITHUB_STATE", "failure", "Name must not be empty"],
  ["echo NODE_OPTIONS=x >> $GITHUB_ENV", "success", "Can't store NODE_OPTIONS output parameter"],
  [
    "head -c 1100000 /dev/zero >> $GITHUB_STEP_SUMMARY",
    "success",
    "content up to a size of 1024k, got 1074k",
  ],
  ["echo '::set-env name=A::b'", "failure", "The `set-env` command is disabled"],
  ["echo '::add-path::/x'", "failure", "The `add-path` command is disabled"],
  ["echo '::set-output::b'", "failure", "Required field 'name' is missing"],
  ["echo '::stop-commands::error'", "failure", "cannot stop commands"],
])("a step that runs %s ends in %s", async (script, conclusion, message) => {
  // The words are those of actions/runner (FileCommandManager, ActionCommandManager).
  await using m = await machine(steps(`- run: ${JSON.stringify(script)}\n- run: test -z "$NODE_OPTIONS"`));
  const { run, log } = await m.run(W);
  expect(run.conclusion).toBe(conclusion);
  expect(log).toContain(message);
});

test("what stands between stop-commands and its token is printed and not carried out", async () => {
  await using m = await machine(
    steps(`
- id: s
  run: |
    echo '::stop-commands::word-of-mine'
    echo '::set-output name=x::no'
    echo '::word-of-mine::'
    echo '::set-output name=y::yes'
- run: echo "<\${{ steps.s.outputs.x }}> <\${{ steps.s.outputs.y }}>"
`),
  );
  const { log } = await m.run(W);
  expect(log).toContain("::set-output name=x::no");
  expect(log).toContain("Z <> <yes>");
});

test("annotations have a level, a place and a title, ten of a level a step", async () => {
  await using m = await machine(
    steps(`
- run: |
    echo "::error file=src/a.ts,line=3,endLine=4,title=Bad%2C really::two%0Alines"
    echo "::warning file=$GITHUB_WORKSPACE/b.ts,line=2,col=5,endColumn=9::w"
    echo "::notice::said of no file"
    echo "::error file=c.ts,line=3,endLine=4,col=2::columns need one line"
- run: for i in $(seq 12); do echo "::warning::$i"; done; exit 1
`),
  );
  const { run } = await m.run(W);
  const annotations = run.jobs[0]?.annotations ?? [];
  expect(annotations.slice(0, 4)).toEqual([
    {
      level: "failure",
      message: "two\nlines",
      title: "Bad, really",
      path: "src/a.ts",
      startLine: 3,
      endLine: 4,
      startColumn: null,
      endColumn: null,
    },
    {
      level: "warning",
      message: "w",
      title: "",
      path: "b.ts",
      startLine: 2,
      endLine: 2,
      startColumn: 5,
      endColumn: 9,
    },
    expect.objectContaining({ level: "notice", path: ".github", message: "said of no file" }),
    expect.objectContaining({ path: "c.ts", startLine: 3, endLine: 4, startColumn: null }),
  ]);
  // docs: "Usage limits": 10 warnings and 10 errors a step.
  expect(annotations.filter((one) => one.level === "warning")).toHaveLength(11);
  expect(annotations.at(-1)?.message).toBe("Process completed with exit code 1.");
  m.sandbox.addCollaborator(m.repository, "maya", "admin");
  const maya = m.fixture.as(m.fixture.tokens.maintainer);
  const path = `/repos/acme/flows/check-runs/${run.jobs[0]?.checkRunId}`;
  expect((await maya("GET", path)).body.output.annotations_count).toBe(annotations.length);
  const [first] = (await maya("GET", `${path}/annotations`)).body;
  expect(first).toMatchObject({
    path: "src/a.ts",
    start_line: 3,
    end_line: 4,
    annotation_level: "failure",
    title: "Bad, really",
  });
});
