/** Writes the generated parts of the documents, or checks them (`--check`): each from the source that it is about. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tables } from "../action/tables.ts";
import { CHECKS, NOT_CHECKED } from "../src/cli/doctor/checks.ts";
import { STATES, statesDiagram } from "../src/core/states.ts";
import { TRIAGE_SCHEMAS } from "../src/policy/triage-answer.ts";
import { FACTS } from "../src/sandbox/control/facts.ts";
import { commandRights, commandsTable, overrideConditions } from "./commands.ts";
import { configurationSchema, configurationTable } from "./configuration.ts";
import { conditionsTable } from "./gate.ts";
import { backlog, cascade, ranges, smallScope } from "./proof.ts";
import { refusalsPage } from "./refusals.ts";
import { revertsPage } from "./reverts.ts";
import { sandboxTable } from "./sandbox-table.ts";
import { soakPage } from "./soak.ts";

const ROOT = join(import.meta.dirname, "..");

/** Text between `<!-- NAME:start -->` and `<!-- NAME:end -->`. */
function fill(text: string, name: string, content: string): string {
  const pattern = new RegExp(`(<!-- ${name}:start -->)[\\s\\S]*?(<!-- ${name}:end -->)`);
  if (!pattern.test(text)) throw new Error(`there is no part '${name}'`);
  return text.replace(pattern, (_all, start: string, end: string) => `${start}\n${content.trim()}\n${end}`);
}

function states(): string {
  const rows = Object.entries(STATES).map(
    ([name, { label, meaning }]) => `| ${name} | ${label ? `\`${label}\`` : ""} | ${meaning} |`,
  );
  const table = ["| state | label | meaning |", "|---|---|---|", ...rows].join("\n");
  return `${table}\n\n\`\`\`mermaid\n${statesDiagram()}\n\`\`\``;
}

function checks(): string {
  const rows = Object.entries(CHECKS).map(
    ([name, { holds, means, next, about }]) =>
      `| \`${name}\` | ${about === "github" ? "GitHub" : "set-up"} | ${holds} | ${means} | ${next} |`,
  );
  const head = ["| check | of | what must hold | if it does not | what to do |", "|---|---|---|---|---|"];
  return [...head, ...rows].join("\n");
}

const notChecked = (): string => NOT_CHECKED.map(({ fact, why }) => `- ${fact}: ${why}`).join("\n");

function facts(): string {
  const rows = Object.entries(FACTS).map(([name, what]) => `| \`${name}\` | ${what} |`);
  return ["| fact | what holds |", "|---|---|", ...rows].join("\n");
}

const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const made = tables(textOf("action/action.yml"), textOf(".github/workflows/cairn.yml"));
const PARTS = [
  { file: "docs/states.md", name: "states", content: states() },
  { file: "README.md", name: "workflow-inputs", content: made["workflow-inputs"] },
  { file: "README.md", name: "permissions", content: made.permissions },
  { file: "docs/action.md", name: "inputs", content: made.inputs },
  { file: "docs/action.md", name: "outputs", content: made.outputs },
  { file: "docs/configuration.md", name: "keys", content: configurationTable() },
  { file: "docs/commands.md", name: "commands", content: commandsTable() },
  { file: "docs/commands.md", name: "rights", content: commandRights() },
  { file: "docs/commands.md", name: "conditions", content: overrideConditions() },
  { file: "docs/doctor.md", name: "checks", content: checks() },
  { file: "docs/doctor.md", name: "not-checked", content: notChecked() },
  { file: "docs/merge-gate.md", name: "conditions", content: conditionsTable() },
  { file: "docs/proof.md", name: "ranges", content: ranges() },
  { file: "docs/proof.md", name: "small-scope", content: smallScope() },
  { file: "docs/proof.md", name: "cascade", content: cascade() },
  { file: "docs/proof.md", name: "backlog", content: backlog() },
  { file: "docs/refusals.md", name: "refusals", content: refusalsPage() },
  { file: "docs/reverts.md", name: "reverts", content: revertsPage() },
  { file: "docs/sandbox.md", name: "facts", content: facts() },
  { file: "docs/sandbox.md", name: "routes", content: sandboxTable() },
  { file: "docs/soak.md", name: "soak", content: soakPage() },
];

/** Files that are made whole. */
const WHOLE = [
  { file: "docs/cairn.schema.json", content: configurationSchema() },
  ...Object.entries(TRIAGE_SCHEMAS).map(([name, schema]) => ({
    file: `docs/${name}`,
    content: `${JSON.stringify(schema, null, 2)}\n`,
  })),
];

const check = process.argv.includes("--check");

function put(file: string, what: string, before: string, after: string): void {
  if (after === before) return;
  if (check) {
    process.stderr.write(`${file}: ${what} is not what the sources say; run: node docs/generate.ts\n`);
    process.exitCode = 1;
  } else writeFileSync(join(ROOT, file), after);
}

for (const { file, name, content } of PARTS) {
  const before = textOf(file);
  put(file, `the part '${name}'`, before, fill(before, name, content));
}
for (const { file, content } of WHOLE) {
  put(file, "it", existsSync(join(ROOT, file)) ? textOf(file) : "", content);
}
