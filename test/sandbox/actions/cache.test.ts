/** `actions/cache` (docs: "Dependency caching reference"; the action's README for outputs and warnings). */
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { refsOf } from "../../../src/sandbox/actions/built-in/cache-steps.ts";
import { createCaches } from "../../../src/sandbox/actions/caches.ts";
import type { TriggerEvent } from "../../../src/sandbox/actions/port.ts";
import { steps, W } from "./flow.ts";
import { machine } from "./machine.ts";

const CACHED = `
- id: c
  uses: actions/cache@v4
  with:
    path: |
      deps
      ~/.tool
    key: k-\${{ inputs.word }}
    restore-keys: |
      k-
- run: echo "hit <\${{ steps.c.outputs.cache-hit }}> has <$(cat deps/sub/x ~/.tool/y 2>/dev/null | tr '\\n' ' ')>"
- run: mkdir -p deps/sub ~/.tool; echo "\${{ inputs.word }}" > deps/sub/x; echo home > ~/.tool/y
- run: test "\${{ inputs.word }}" != broken
`;

test("a cache is saved by a job that succeeds without a hit, and found by its key and by the front of it", async () => {
  await using m = await machine(steps(CACHED));
  const said = async (word: string): Promise<string | undefined> =>
    /Z (hit <.*>)/.exec((await m.run(W, { word })).log)?.[1];
  expect(await said("broken")).toBe("hit <> has <>");
  expect(await said("one")).toBe("hit <> has <>");
  expect(await said("one")).toBe("hit <true> has <one home >");
  expect(await said("two")).toBe("hit <false> has <one home >");
  expect(await said("three")).toBe("hit <false> has <two home >");
  const { log } = await m.run(W, { word: "one" });
  expect(log).toContain("Cache hit occurred on the primary key k-one, not saving cache.");
});

test("restore and save stand alone, with their outputs, refusals and warnings", async () => {
  await using m = await machine(
    steps(`
- id: none
  uses: actions/cache/restore@v4
  with: { path: deps, key: k }
- run: echo "none \${{ join(steps.none.outputs.*, ' ') }}"; mkdir deps; echo 1 > deps/x
- uses: actions/cache/save@v4
  with: { path: deps, key: K-1 }
- uses: actions/cache/save@v4
  with: { path: deps, key: K-1 }
- uses: actions/cache/save@v4
  with: { path: nothing, key: k }
- id: some
  uses: actions/cache/restore@v4
  with: { path: deps, key: k-1, restore-keys: K, lookup-only: true }
- run: echo "some \${{ join(steps.some.outputs.*, ' ') }}"
- id: other
  uses: actions/cache/restore@v4
  continue-on-error: true
  with: { path: elsewhere, key: K-1, fail-on-cache-miss: true }
- uses: actions/cache/restore@v4
  with: { path: deps, key: "a,b" }
`),
  );
  const { log, jobs } = await m.run(W);
  expect(log).toMatch(/Z none k$/m);
  expect(log).toContain("Unable to reserve cache with key K-1");
  expect(log).toContain("Path Validation Error");
  expect(log).toContain("some k-1 K-1 true");
  expect(log).toContain("Exiting as fail-on-cache-miss is set. Input key: K-1");
  expect(log).toContain("Key Validation Error: a,b cannot contain commas.");
  expect(jobs.a).toBe("failure");
});

test("a run may use caches of its own ref, of its pull request's base, of the default branch, and no other", async () => {
  const event = (ref: string, base?: string) =>
    ({
      ref,
      repository: { defaultBranch: "main" },
      payload: base === undefined ? {} : { pull_request: { base: { ref: base } } },
    }) as unknown as TriggerEvent;
  const pull = refsOf(event("refs/pull/3/merge", "next"));
  expect(pull).toEqual(["refs/pull/3/merge", "refs/heads/next", "refs/heads/main"]);
  await using m = await machine({});
  const { directory } = m.sandbox;
  const caches = createCaches(`${directory}/c`);
  const places = { root: directory, workspace: directory, home: directory };
  const paths = ["c.txt"];
  await writeFile(`${directory}/c.txt`, "x");
  const save = (ref: string, key: string) => caches.save({ repositoryId: 1, ref, key, paths }, places);
  const found = (refs: readonly string[], key: string) =>
    caches.find({ repositoryId: 1, refs, paths, key, restoreKeys: ["k"] }, places)?.ref;
  await save("refs/heads/side", "k");
  expect(found(pull, "k")).toBeUndefined();
  await save("refs/heads/main", "k");
  expect(found(pull, "k")).toBe("refs/heads/main");
  // The whole search is done in one ref before the next is looked at.
  await save("refs/heads/next", "k-older");
  expect(found(pull, "k")).toBe("refs/heads/next");
  expect(found(refsOf(event("refs/heads/side")), "k")).toBe("refs/heads/side");
  expect(found(refsOf(event("refs/heads/other")), "k")).toBe("refs/heads/main");
  expect(
    caches.find({ repositoryId: 2, refs: pull, paths, key: "k", restoreKeys: [] }, places),
  ).toBeUndefined();
});
