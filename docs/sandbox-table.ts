/** The table of `docs/sandbox.md`: every route, what it asks for, how much of it there is, and a test that shows it. */
import { PARTIAL } from "../src/sandbox/api/partial.ts";
import type { Route } from "../src/sandbox/api/router.ts";
import { createApiRouter } from "../src/sandbox/api/routes.ts";
import { readCoverage } from "../test/openapi/coverage.ts";
import { type Operation, operationOf } from "../test/openapi/description.ts";
import { describedAs } from "../test/openapi/exceptions.ts";

const HEAD = "| endpoint | operation | needs | fidelity | shown by |\n|---|---|---|---|---|";

/** Throws where `PARTIAL` names a route that there is not. */
export function sandboxTable(): string {
  // Handlers are not called here, so that neither a quota nor a deliverer is needed.
  const { routes } = createApiRouter({} as never, {} as never);
  const names = routes.map(nameOf);
  const unknown = Object.keys(PARTIAL).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such route: ${unknown.join(", ")}`);
  const coverage = readCoverage();
  const areas = new Map<string, string[]>();
  for (const route of routes) {
    const operation = operationOf(route.method, describedAs(route.method, route.template).template);
    const area = operation?.operationId.split("/")[0] ?? "not of the API";
    areas.set(area, [...(areas.get(area) ?? []), row(route, operation, coverage.routes[nameOf(route)])]);
  }
  const parts = [...areas].map(([area, rows]) => `### ${area}\n\n${[HEAD, ...rows].join("\n")}`);
  const full = names.length - Object.keys(PARTIAL).length;
  return [`${names.length} routes, ${full} of them full.`, ...parts].join("\n\n");
}

const nameOf = ({ method, template }: Route): string => `${method} ${template}`;

function row(
  route: Route,
  operation: Operation | undefined,
  shown: { file: string; test: string } | undefined,
): string {
  const missing = PARTIAL[nameOf(route)];
  const cells = [
    `\`${nameOf(route)}\``,
    operation ? `[${operation.operationId}](${operation.externalDocs?.url ?? ""})` : "",
    needs(route),
    missing === undefined ? "full" : `partial: ${missing}`,
    shown ? `[${shown.test.replaceAll("|", "\\|")}](../${shown.file})` : "",
  ];
  return `| ${cells.join(" | ")} |`;
}

/** What an App's token needs, or whose credentials the route takes. */
function needs({ write, options: { permission, auth } }: Route): string {
  if (permission === undefined) {
    const who = auth ?? (write ? "signed-in" : "any");
    return { any: "nothing", "signed-in": "a token", app: "the App's JWT", installation: "its own token" }[
      who
    ];
  }
  const several = Array.isArray(permission) ? permission : [permission];
  const texts = several.map((need) =>
    Object.entries(need)
      .map(([name, level]) => `${name}: ${level}`)
      .join(" and "),
  );
  return texts.join(", or ");
}
