/** The gate's table for people: what holds in a line, what does not with who can meet it. */
import type { GateReport } from "./look.ts";

const SIGNS = { holds: "ok  ", unmet: "no  ", unknown: "?   " } as const;

export function gateText({ pull, head, base, issue, app, nearest, conditions }: GateReport): string {
  return [
    `${pull.repository}#${pull.number}  ${pull.title}  (issue #${issue})`,
    `head     ${head}, into ${base}`,
    `app      ${app.login ?? "none has left a trace here"}`,
    `nearest  ${nearest ?? "nothing: all conditions hold"}`,
    "",
    ...conditions.flatMap(({ code, title, state, found, next }) => [
      `${SIGNS[state]} ${code.padEnd(20)} ${title}: ${found}`,
      ...(next === null ? [] : [`${" ".repeat(26)}${next}`]),
    ]),
    "",
  ].join("\n");
}
