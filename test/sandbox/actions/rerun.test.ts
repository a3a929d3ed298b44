/** Re-runs (docs: "Re-running workflows and jobs"). */
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

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

test("a re-run of failed jobs runs what failed inside a called workflow, and what always() stands behind it", async () => {
  await using m = await machine({
    ...flow("  a:\n    uses: ./.github/workflows/c.yml\n"),
    ".github/workflows/c.yml": `
on: workflow_call
jobs:
  i:
    runs-on: ubuntu-latest
    steps: [{ run: test $GITHUB_RUN_ATTEMPT -gt 1 }]
  j:
    needs: i
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: "echo i \${{ needs.i.result }} attempt=$GITHUB_RUN_ATTEMPT" }]
`,
  });
  const first = await m.run(W);
  expect(first.log).toContain("i failure attempt=1");
  const second = await m.rerun(first.run, "failed");
  expect(second.log).toContain("i success attempt=2");
});
