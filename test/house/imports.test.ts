/** The house: imports point down only, and nothing outside `src/github` calls GitHub. */
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = normalize(join(import.meta.dirname, "../.."));

interface Import {
  readonly from: string;
  readonly to: string;
}

/** All imports of the sources; those of the project as paths from its top. */
function imports(): readonly Import[] {
  const files = ["src", "action"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith(".ts") && !entry.parentPath.includes("dist"))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, to = ""]) => ({
      from: relative(ROOT, file),
      to: to.startsWith(".") ? relative(ROOT, join(file, "..", to)) : to,
    }));
  });
}

const all = imports();

/** Lower floors may not know of higher ones. */
const FLOORS = [
  "src/core",
  "src/github",
  "src/barrier",
  "src/effects",
  "src/policy",
  "src/app",
  "src/checkout",
  "src/simulation",
  "src/cli",
];

test("imports point down only", () => {
  const floorOf = (path: string): number => FLOORS.findIndex((floor) => path.startsWith(`${floor}/`));
  const up = all.filter(({ from, to }) => {
    const [a, b] = [floorOf(from), floorOf(to)];
    return a >= 0 && b > a;
  });
  expect(up).toEqual([]);
});

test("the core imports nothing but itself, node:crypto and the distance of two words", () => {
  const out = all.filter(({ from, to }) => from.startsWith("src/core/") && !to.startsWith("src/core/"));
  expect([...new Set(out.map(({ to }) => to))].sort()).toEqual(["fastest-levenshtein", "node:crypto"]);
});

test("nothing outside src/github calls GitHub: Octokit is imported there alone, Probot by the server alone", () => {
  const octokit = all.filter(({ to }) => to.startsWith("@octokit/")).map(({ from }) => from);
  expect(octokit.filter((from) => !from.startsWith("src/github/"))).toEqual([]);
  expect(all.filter(({ to }) => to === "probot").map(({ from }) => from)).toEqual(["src/app/server.ts"]);
});

test("only barrier, effects and signals use writes", () => {
  const users = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => /\bwrites\.\w+\(/.test(readFileSync(join(ROOT, file), "utf8")));
  const folders = new Set(users.map((file) => file.split("/").slice(0, 2).join("/")));
  expect([...folders].sort()).toEqual(["src/barrier", "src/effects", "src/github"]);
});

test("writes that need no intent are for the doctor's own scratch issue alone", () => {
  const users = readdirSync(join(ROOT, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((file) => readFileSync(join(ROOT, file), "utf8").includes("openScratch("));
  expect(users.sort()).toEqual(["src/cli/doctor/examine.ts", "src/github/scratch.ts"]);
});

test("proofs, claims and steps are made in the barrier alone", () => {
  const makers = all.filter(({ to }) => to === "src/barrier/proof.ts").map(({ from }) => from);
  expect(makers.filter((from) => !from.startsWith("src/barrier/"))).toEqual([]);
});

test("reads are GET and queries only", () => {
  const text = readFileSync(join(ROOT, "src/github/reads.ts"), "utf8");
  expect(text).not.toMatch(/\.send\(|POST|PATCH|PUT |DELETE|mutation/);
  const client = readFileSync(join(ROOT, "src/github/client.ts"), "utf8");
  // What their Octokit lets through is tested in test/github/reads.test.ts.
  expect(client.match(/\bask\(`\w+ /g)).toEqual(["ask(`GET ", "ask(`POST "]);
});
