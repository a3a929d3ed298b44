/** Both git stores give the same answers to the same, generated, history; and the one in memory needs no machine for it. */
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDiskStore } from "../../src/sandbox/git/disk.ts";
import { createMemoryStore } from "../../src/sandbox/git/memory/store.ts";
import type { FileMode, GitStore, Sha, TreeChange } from "../../src/sandbox/git/store.ts";
import { makeScratch } from "./git-machine.ts";

let scratch: Awaited<ReturnType<typeof makeScratch>>;
beforeAll(async () => {
  scratch = await makeScratch();
});
afterAll(() => scratch.remove());

/** One change of a file of the first parent. Numbers choose among what is there. */
type Edit =
  | { readonly kind: "write"; readonly path: string; readonly size: number }
  | { readonly kind: "line"; readonly file: number; readonly at: number }
  | { readonly kind: "move"; readonly file: number; readonly path: string }
  | { readonly kind: "remove"; readonly file: number }
  | { readonly kind: "mode"; readonly file: number; readonly mode: FileMode };

interface Step {
  /** Counted from the newest commit; without any the history begins anew. */
  readonly parents: readonly number[];
  readonly edits: readonly Edit[];
  /** Seconds after the commit before; may lie before it. */
  readonly later: number;
}

interface Question {
  readonly a: number;
  readonly b: number;
  readonly path: string;
  readonly limit: number;
}

const path = fc.constantFrom("a", "a.txt", "d/x", "d/y", "d/e/z", "ü b");
const file = fc.nat(9);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), path, size: fc.nat(12) }),
  fc.record({ kind: fc.constant("line" as const), file, at: fc.nat(12) }),
  fc.record({ kind: fc.constant("move" as const), file, path }),
  fc.record({ kind: fc.constant("remove" as const), file }),
  fc.record({
    kind: fc.constant("mode" as const),
    file,
    mode: fc.constantFrom<FileMode>("100644", "100755", "120000"),
  }),
);
const step: fc.Arbitrary<Step> = fc.record({
  parents: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
  edits: fc.array(edit, { minLength: 1, maxLength: 3 }),
  later: fc.integer({ min: -5, max: 10 }),
});
const question: fc.Arbitrary<Question> = fc.record({ a: fc.nat(20), b: fc.nat(20), path, limit: fc.nat(4) });

test("generated histories: the same names of objects, and the same answers about them", async () => {
  let count = 0;
  const run = async (steps: readonly Step[], questions: readonly Question[]): Promise<void> => {
    count += 1;
    const disk = await createDiskStore(join(scratch.path, `${count}`), { defaultBranch: "main" });
    const memory = createMemoryStore();
    const shas = await build(memory, steps);
    expect(await build(disk, steps)).toEqual(shas);
    for (const asked of questions) {
      const [here, there] = await Promise.all([answers(memory, shas, asked), answers(disk, shas, asked)]);
      if (isRefused(here.merge)) here.merge = there.merge;
      expect(here).toEqual(there);
    }
    expect(await memory.listRefs("")).toEqual(await disk.listRefs(""));
    await disk.close();
  };
  const history = fc.array(step, { minLength: 3, maxLength: 9 });
  const property = fc.asyncProperty(history, fc.array(question, { minLength: 3, maxLength: 3 }), run);
  await fc.assert(property, { seed: 20_261_121, numRuns: 20 });
});

test("a store in memory answers before anything else of the machine has its turn", async () => {
  let turns = 0;
  const store = createMemoryStore();
  const immediate = setImmediate(() => {
    turns += 1;
  });
  const timer = setTimeout(() => {
    turns += 1;
  }, 0);
  const steps = fc.sample(step, { seed: 1, numRuns: 30 });
  const shas = await build(store, steps);
  for (const asked of fc.sample(question, { seed: 2, numRuns: 30 })) await answers(store, shas, asked);
  expect(turns).toBe(0);
  clearImmediate(immediate);
  clearTimeout(timer);
});

interface Content {
  readonly mode: FileMode;
  /** Lines are told apart by the commit and the place that they come from: no two are equal. */
  readonly lines: readonly string[];
}

/** Makes the history and a branch for each commit; returns the commits' names, oldest first. */
async function build(store: GitStore, steps: readonly Step[]): Promise<Sha[]> {
  const made: { readonly sha: Sha; readonly tree: Sha; readonly files: ReadonlyMap<string, Content> }[] = [];
  let timestamp = 1_700_000_000;
  for (const [number, { parents, edits, later }] of steps.entries()) {
    timestamp += later;
    const from = parents.flatMap((back) => made.at(-1 - back) ?? []);
    const files = new Map(from[0]?.files);
    for (const [at, one] of edits.entries()) apply(files, one, `${number}.${at}`);
    const tree = await store.createTree(from[0]?.tree, await changes(store, from[0]?.files, files));
    const person = { name: "Mona", email: "m@example.com", timestamp, timezone: "+0000" };
    const input = { tree, parents: from.map(({ sha }) => sha), author: person, committer: person };
    const sha = await store.createCommit({ ...input, message: `${number}\n` });
    made.push({ sha, tree, files });
    expect(await store.updateRef({ ref: `refs/heads/b${number}`, to: sha, expected: null })).toBe(true);
    const last = made.at(-2)?.sha ?? null;
    await store.updateRef({ ref: "refs/heads/latest", to: sha, expected: later < 0 ? sha : last });
  }
  return made.map(({ sha }) => sha);
}

function apply(files: Map<string, Content>, change: Edit, stamp: string): void {
  if (change.kind === "write") {
    const lines = Array.from({ length: change.size }, (_, at) => `line ${stamp}.${at}\n`);
    put(files, change.path, { mode: "100644", lines });
    return;
  }
  const [name, content] = [...files][change.file % Math.max(1, files.size)] ?? [];
  if (name === undefined || content === undefined) return;
  switch (change.kind) {
    case "line":
      put(files, name, { ...content, lines: content.lines.toSpliced(change.at, 1, `changed ${stamp}\n`) });
      break;
    case "move":
      files.delete(name);
      put(files, change.path, content);
      break;
    case "remove":
      files.delete(name);
      break;
    case "mode":
      put(files, name, { ...content, mode: change.mode });
      break;
  }
}

/** What stands in its way, a directory or a file above it, goes. */
function put(files: Map<string, Content>, name: string, content: Content): void {
  for (const other of [...files.keys()]) {
    if (other.startsWith(`${name}/`) || name.startsWith(`${other}/`)) files.delete(other);
  }
  files.set(name, content);
}

async function changes(
  store: GitStore,
  before: ReadonlyMap<string, Content> = new Map(),
  after: ReadonlyMap<string, Content>,
): Promise<TreeChange[]> {
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const written = [...after].map(async ([name, { mode, lines }]) => {
    const sha = await store.createBlob(Buffer.from(lines.join("")));
    return { path: name, mode, sha };
  });
  return [
    ...gone.map((name) => ({ path: name, mode: "100644", sha: null }) as const),
    ...(await Promise.all(written)),
  ];
}

async function answers(store: GitStore, shas: readonly Sha[], { a, b, path, limit }: Question) {
  const [one = "", two = ""] = [shas[a % shas.length], shas[b % shas.length]];
  const list = async (options: Parameters<GitStore["log"]>[1]) =>
    (await store.log(one, options)).map(({ message }) => message);
  return {
    tree: await store.readTree(one, { recursive: true }),
    entry: await store.entryAt(one, path),
    all: await list({}),
    some: await list({ limit, skip: 1 }),
    path: await list({ path }),
    apart: await list({ notReachableFrom: two }),
    isAncestor: await store.isAncestor(one, two),
    base: await store.mergeBase(one, two),
    apartBy: await store.aheadBehind(one, two),
    diff: await store.diff(one, two),
    text: await store.diffText(one, two),
    merge: await store.mergeTree(one, two).catch((error: unknown) => ({ error: kindOf(error) })),
  };
}

const kindOf = (error: unknown): unknown => (error instanceof Error && "kind" in error ? error.kind : error);
/** Moving a directory to which the other side adds is the one merge that is refused in memory. */
const isRefused = (merge: object): boolean => "error" in merge && merge.error === "not-in-memory";
