/**
 * 500 issues through one process of the app: `node test/soak/record.ts`. By hand, with `npm run check:long`; takes some
 * ten minutes. What it came to goes to `docs/proof/soak.json`. Exit code 1: something is not as it must be.
 * With `--leak BYTES` the process keeps so much for nothing for each issue, and nothing is written.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { countBy } from "../../src/simulation/run-seed.ts";
import { soak } from "./run.ts";
import { problemsOf, type SoakRecord } from "./soak.ts";

const { values } = parseArgs({ options: { leak: { type: "string" } } });
const leak = { bytes: Number(values.leak ?? 0), timers: 0 };
const waves = [125, 125, 125, 125];
const { issues, ...came } = await soak({ waves, every: 2 * 60_000, leak });
const problems = problemsOf({ ...came, issues });
if (values.leak === undefined) {
  const byComments = countBy(issues.map(({ comments }) => String(comments)));
  const most = issues.reduce((a, b) => (b.comments > a.comments ? b : a));
  const record: SoakRecord = { issues: issues.length, ...came, byComments, most, problems };
  const file = join(import.meta.dirname, "../../docs/proof/soak.json");
  writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
