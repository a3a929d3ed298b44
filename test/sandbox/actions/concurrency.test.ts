/** Concurrency groups (docs: "Control the concurrency of workflows and jobs"). */
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

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
