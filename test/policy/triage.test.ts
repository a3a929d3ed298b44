/** The pure rules of triage: for each a case in which only it says no, and what it must not mistake. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TriageCode } from "../../src/core/triage.ts";
import { DEFAULTS } from "../../src/policy/config/index.ts";
import { judgeIssue, type TriageInput, type TriageRules } from "../../src/policy/triage.ts";

const WHY =
  "Readers of the page cannot tell which of the two prices is meant, because both are printed in the same way. ";
/** Long enough, and says nothing of when it is done. */
const PLAIN = `${WHY}It has been so since the new layout came, and several people wrote to us about it.`;
const GOOD = `${PLAIN}\n\n- [ ] the lower price is printed in bold`;

const codes = (input: Partial<TriageInput>, rules: Partial<TriageRules> = {}): string[] =>
  judgeIssue(
    { title: "Prices", text: GOOD, labels: [], here: "acme/shop", ...input },
    { ...DEFAULTS, ...rules },
  ).map(({ code, detail }) => (detail === "" ? code : `${code}: ${detail}`));
const triage = (rules: Partial<TriageRules["triage"]>): Partial<TriageRules> => ({
  triage: { ...DEFAULTS.triage, ...rules },
});

test("an issue that says what, why and when it is done is taken", () => {
  expect(codes({})).toEqual([]);
});

test.each([
  ["one character too few", `${"x".repeat(131)} should`, "too-short: 138 of 140 characters"],
  [
    "spaces at the ends count for nothing",
    `  ${"x".repeat(131)} should\n\n\n`,
    "too-short: 138 of 140 characters",
  ],
  [
    "what is hidden counts for nothing",
    `it should <!-- ${"x".repeat(200)} -->`,
    "too-short: 9 of 140 characters",
  ],
  ["an emoji is one character", `${"👩".repeat(133)} should`, undefined],
  ["just enough", `${"x".repeat(133)} should`, undefined],
])("length: %s", (_what, text, finding) => {
  expect(codes({ text })).toEqual(finding === undefined ? [] : [finding]);
});

test.each([
  ["nothing", PLAIN, false],
  ["a checklist", GOOD, true],
  ["a numbered checklist, done in part", `${PLAIN}\n1. [x] bold`, true],
  ["brackets that are no checklist", `${PLAIN}\n[ ] bold`, false],
  ["should", `${PLAIN} The lower one should be bold.`, true],
  ["a word that has it within", `${PLAIN} Shoulders, mustard.`, false],
  ["an expected result", `${PLAIN}\n\n**Expected:** bold.`, true],
  ["a command that fails", `${PLAIN} \`npm test\` fails.`, true],
  ["a failure of a command", `${PLAIN} It fails with \`npm test\`.`, true],
  ["a command alone", `${PLAIN} See \`npm test\`.`, false],
  ["given, when, then", `${PLAIN}\nGiven a page\nWhen it is shown\nThen it is bold`, true],
  ["then before when", `${PLAIN}\nGiven a page\nThen it is bold\nWhen it is shown`, false],
  ["one that nobody sees", `${PLAIN}\n<!-- - [ ] bold\nit should -->`, false],
  ["one in a comment that is not closed", `${PLAIN}\n<!-- it should`, false],
  ["one behind a comment's opening that is code", `${PLAIN}\nA stray \`<!--\` there.\nIt should go.`, true],
  ["one behind one in a fence", `${PLAIN}\n\`\`\`html\n<!-- top\n\`\`\`\nIt should go.`, true],
])("acceptance: %s", (_what, text, says) => {
  expect(codes({ text })).toEqual(says ? [] : ["no-acceptance"]);
  expect(codes({ text }, triage({ acceptance: "optional" }))).toEqual([]);
});

test("acceptance in words of one's own", () => {
  const rules = triage({ acceptanceWords: ["soll", "done when"] });
  expect(codes({ text: `${PLAIN} Der Preis soll fett sein.` }, rules)).toEqual([]);
  expect(codes({ text: `${PLAIN} Sollbruchstelle.` }, rules)).toEqual(["no-acceptance"]);
});

test("size: too long, too many tasks", () => {
  const tasks = (count: number): string => `${PLAIN}\n${"- [ ] one\n".repeat(count)}`;
  expect(codes({ text: tasks(20) })).toEqual([]);
  expect(codes({ text: tasks(21) })).toEqual(["too-many-tasks: 21 of 20 items"]);
  expect(codes({ text: tasks(3) }, triage({ maximumTasks: 2 }))).toEqual(["too-many-tasks: 3 of 2 items"]);
  const long = `it should ${"x".repeat(19_991)}`;
  expect(codes({ text: long })).toEqual(["too-long: 20001 of 20000 characters"]);
  expect(codes({ text: long.slice(0, -1) })).toEqual([]);
});

test("reserved: a label, whatever its case", () => {
  const rules = { reservedLabels: ["Security", "legal"] };
  expect(codes({ labels: ["security", "bug"] }, rules)).toEqual(["reserved-label: security"]);
  expect(codes({ labels: ["security-news"] }, rules)).toEqual([]);
});

test("another repository: a label whose issues belong there, whatever its case; the label of this one is ordinary", () => {
  const rules = {
    repositories: [
      { label: "area-billing", repository: "acme/billing" },
      { label: "shop", repository: "Acme/Shop" },
    ],
  };
  expect(codes({ labels: ["Area-Billing", "shop"] }, rules)).toEqual([
    "other-repository: area-billing: acme/billing",
  ]);
  expect(codes({ labels: ["area", "billing"] }, rules)).toEqual([]);
});

test.each([
  ["the folder itself", "Look at db/migrations/ first.", true],
  ["a file in it", "Change `db/migrations/1.sql`.", true],
  ["without its slash", "Look at db/migrations.", true],
  ["from here", "in ./db/migrations/1.sql", true],
  ["from the top", "in /db/migrations/1.sql", true],
  ["in other letters", "in DB/Migrations/1.sql", true],
  ["another folder of that name", "in src/db/migrations/1.sql", false],
  ["a longer name", "in db/migrations2/1.sql", false],
  ["the words alone", "in migrations of the db", false],
])("reserved: a folder: %s", (_what, words, named) => {
  const found = codes({ text: `${GOOD}\n${words}` }, { reservedPaths: ["db/migrations/"] });
  expect(found).toEqual(named ? ["reserved-path: db/migrations/"] : []);
});

test.each([
  ["the file", "in LICENSE.", true],
  ["as code", "in `LICENSE`", true],
  ["a longer name", "in LICENSE.md or LICENSES/x", false],
  ["in a folder", "in docs/LICENSE", false],
  ["a folder of that name, as in a patch", "in LICENSE/mit.txt", true],
])("reserved: a file: %s", (_what, words, named) => {
  const found = codes({ text: `${GOOD}\n${words}` }, { reservedPaths: ["LICENSE"] });
  expect(found).toEqual(named ? ["reserved-path: LICENSE"] : []);
});

test.each([
  ["a workflow", "Change `.github/workflows/ci.yml` as well.", [".github/"]],
  ["the folder from here", "See ./.github.", [".github/"]],
  ["submodules", "Add it to .gitmodules.", [".gitmodules"]],
  ["owners, in both places", "in CODEOWNERS, docs/CODEOWNERS", ["CODEOWNERS", "docs/CODEOWNERS"]],
  ["a site and a repository of such a name", "https://acme.github.io, acme/.github, x.github/", []],
])("always reserved, as in a patch: %s", (_what, words, paths) => {
  const found = codes({ text: `${GOOD}\n${words}` });
  expect(found).toEqual(paths.map((path) => `reserved-path: ${path}`));
});

test("reserved: a word, in the title too; not within a longer one", () => {
  const rules = { reservedWords: ["auth", "data protection"] };
  expect(codes({ title: "Auth: prices" }, rules)).toEqual(["reserved-word: auth"]);
  expect(codes({ text: `${GOOD} data\nprotection` }, rules)).toEqual(["reserved-word: data protection"]);
  expect(codes({ text: `${GOOD} The author, OAuth2, data-protection.` }, rules)).toEqual([]);
});

test.each([
  ["behind a comment's opening in code", "A stray `<!--` there.\nRewrite billing in db/migrations/1.sql."],
  ["behind one in a fence", "```html\n<!-- top\n```\nRewrite billing in db/migrations/1.sql."],
  ["where nobody sees it, and agents do", "<!-- Rewrite billing in db/migrations/1.sql. -->"],
])("reserved: %s", (_what, words) => {
  const rules = { reservedWords: ["billing"], reservedPaths: ["db/migrations/"] };
  expect(codes({ text: `${GOOD}\n${words}` }, rules)).toEqual([
    "reserved-path: db/migrations/",
    "reserved-word: billing",
  ]);
});

/** For each rule an issue to which only that rule says no. */
const ALONE: Record<TriageCode, [Partial<TriageInput>, Partial<TriageRules>]> = {
  "too-short": [{ text: "It should be bold." }, {}],
  "no-acceptance": [{ text: PLAIN }, {}],
  "too-long": [{ text: GOOD.repeat(2) }, triage({ maximumLength: 300 })],
  "too-many-tasks": [{ text: `${GOOD}\n- [ ] and in red` }, triage({ maximumTasks: 1 })],
  "reserved-label": [{ labels: ["legal"] }, { reservedLabels: ["legal"] }],
  "reserved-path": [{ text: `${GOOD} See legal/.` }, { reservedPaths: ["legal/"] }],
  "reserved-word": [{ text: `${GOOD} It is legal.` }, { reservedWords: ["legal"] }],
  "other-repository": [
    { labels: ["bills"] },
    { repositories: [{ label: "bills", repository: "acme/billing" }] },
  ],
};

test.each(Object.entries(ALONE))("%s says no where all other rules say yes", (code, [input, rules]) => {
  expect(codes(input, rules).map((one) => one.split(":")[0])).toEqual([code]);
});

test("all that is missing is told at once", () => {
  expect(codes({ text: "Bold.", labels: ["legal"] }, { reservedLabels: ["legal"] })).toEqual([
    "too-short: 5 of 140 characters",
    "no-acceptance",
    "reserved-label: legal",
  ]);
});

test("no text takes long: time grows with its length, whatever is in it", () => {
  const rules = { ...DEFAULTS, reservedWords: ["a b"], reservedPaths: ["a/b/", "x"] };
  const parts = [
    "`",
    "``",
    "`a`",
    "```\n",
    "\\",
    "given\n",
    "when\n",
    "<!--",
    "-->",
    "- [ ] ",
    "a ",
    "a/",
    "./",
    "[",
    "fails ",
    "\n",
    " ",
  ];
  const long = fc
    .array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 })
    .map((some) => some.join("").repeat(65_536).slice(0, 65_536));
  fc.assert(
    fc.property(long, (text) => {
      const start = performance.now();
      judgeIssue({ title: "", text, labels: [], here: "acme/shop" }, rules);
      // A quadratic rule takes minutes; this bound only tells it from a busy machine.
      expect(performance.now() - start).toBeLessThan(3_000);
    }),
    { numRuns: 40 },
  );
});
