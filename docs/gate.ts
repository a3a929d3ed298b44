/** The merge gate's conditions as a page: the table that it judges by, in its order. */
import { CONDITIONS } from "../src/policy/gate/conditions.ts";
import { nextBy } from "../src/policy/gate/judge.ts";

export function conditionsTable(): string {
  const rows = CONDITIONS.map(({ code, title }) => `| \`${code}\` | ${title} | ${nextBy(code)} |`);
  return ["| code | holds where | who can meet it, and how |", "|---|---|---|", ...rows].join("\n");
}
