/** Which jobs run and in what order: `needs`, `if`, outputs (docs: "Workflow syntax", `jobs.<job_id>.needs`). */
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

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

test("a skip goes down the whole chain, even behind a job that always() runs", async () => {
  await using m = await machine(
    flow(`
  a:
    if: false
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  b:
    needs: a
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
  c:
    needs: b
    runs-on: ubuntu-latest
    steps: [{ run: "true" }]
`),
  );
  expect((await m.run(W)).jobs).toEqual({ a: "skipped", b: "success", c: "skipped" });
});

test("a job that may fail fails alone: its check is red, its needs and its run are not", async () => {
  await using m = await machine(
    flow(`
  a:
    runs-on: ubuntu-latest
    continue-on-error: \${{ inputs.word == 'hello' }}
    steps: [{ run: exit 3 }]
  b:
    needs: a
    runs-on: ubuntu-latest
    steps: [{ run: "echo a was \${{ needs.a.result }}" }]
`),
  );
  const { run, jobs, log } = await m.run(W);
  expect(jobs).toEqual({ a: "failure", b: "success" });
  expect(run.conclusion).toBe("success");
  expect(log).toContain("a was success");
  expect((await m.run(W, { word: "strict" })).run.conclusion).toBe("failure");
});
