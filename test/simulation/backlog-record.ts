/**
 * A thousand issues set ready at once, below the limits of github.com: what each hour came to goes to
 * `docs/proof/backlog.json`. By hand, with `npm run check:long`; takes some minutes.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hoursOf, workOff } from "./backlog-run.ts";

const issues = 1_000;
const hours = Number(process.argv[2] ?? 8);
const backlog = await workOff({ issues, hours, limits: "github" });
const record = {
  issues,
  limit: 5_000,
  hours: hoursOf(backlog),
  labels: backlog.labels,
  twice: backlog.landed.length - new Set(backlog.landed.map((one) => one.key)).size,
};
const file = join(import.meta.dirname, "../../docs/proof/backlog.json");
writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
