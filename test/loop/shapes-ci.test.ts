/** Repositories whose own CI decides: each of its checks by its name, and the merged tree is base plus patch. */
import { expect, test } from "vitest";
import { VERDICT_CHECK } from "../../src/core/verdict.ts";
import { configure } from "./observing.ts";
import { MATRIX, MATRIX_CHECKS, MONOREPO } from "./shapes/ci.ts";
import { makeHistory } from "./shapes/history.ts";
import { LONGEST, type Shape, startShape } from "./shapes/shape.ts";

const shapeOf = (files: typeof MATRIX): Promise<Shape> =>
  startShape((directory) => makeHistory(directory, "trunk/dev", [{ branch: "trunk/dev", files }]));

/** Conclusions of the repository's own checks on the issue's head. */
function checksOf({ loop }: Shape, issue: number): Record<string, string | null> {
  const { world } = loop.stage.sandbox;
  const pull = [...world.pulls.values()].find((one) => one.headRef === `cairn/${issue}-g1`);
  const runs = [...world.checkRuns.values()].filter(
    (run) => run.headSha === pull?.headSha && run.name !== VERDICT_CHECK,
  );
  return Object.fromEntries(runs.map((run) => [run.name, run.conclusion]));
}

test("a matrix: every leg is required by its name, jobs that need not come are not", LONGEST, async () => {
  await using shape = await shapeOf(MATRIX);
  const { stage } = shape.loop;
  expect(stage.requiredChecks).toEqual(MATRIX_CHECKS);
  expect(stage.notices).toEqual([
    ".github/workflows/ci.yml: job 'deploy' runs under a condition only: not required",
  ]);
  const good = await shape.ask(`echo 'test("c", () => {});' >> test/a.test.js`);
  await shape.expectExact(good);
  const green = Object.fromEntries(MATRIX_CHECKS.map((name) => [name, "success"]));
  expect(checksOf(shape, good)).toEqual({ ...green, deploy: "skipped" });
  await configure(shape.loop, { "fix-rounds": 0 });
  const bad = await shape.ask(`echo 'test("d", () => { throw 1; });' >> test/b.test.js`);
  const { reason, text } = await shape.held(bad);
  expect(reason).toBe("check-failed");
  expect(text).toMatch(/(?:unit \(2[24]|Shard [12] of 2|all).*\(failure\)/);
  expect(stage.sandbox.errors).toEqual([]);
});

test(
  "a monorepo: workflows for some paths come where they should, and a called one is required by both names",
  LONGEST,
  async () => {
    await using shape = await shapeOf(MONOREPO);
    const { stage } = shape.loop;
    expect(stage.requiredChecks).toEqual(["lint / syntax"]);
    expect(stage.notices).toEqual(
      ["core", "web"].map(
        (name) => `.github/workflows/${name}.yml runs for some paths only: its jobs are not required`,
      ),
    );
    const web = await shape.ask("echo '// more' >> packages/web/index.js");
    const docs = await shape.ask("echo more >> docs/index.md");
    for (const issue of [web, docs]) await shape.expectExact(issue);
    expect(checksOf(shape, web)).toEqual({ "lint / syntax": "success", "web / syntax": "success" });
    expect(checksOf(shape, docs)).toEqual({ "lint / syntax": "success" });
    expect(stage.sandbox.errors).toEqual([]);
  },
);
