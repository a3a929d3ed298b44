/** Reusable workflows (docs: "Reusing workflows"). */
import { expect, test } from "vitest";
import { machine } from "./machine.ts";

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
