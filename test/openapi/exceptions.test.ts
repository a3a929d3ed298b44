/** Nothing is excused that needs no excuse any more, and no route is without a test. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createApiRouter } from "../../src/sandbox/api/routes.ts";
import { AMENDMENTS, lacks } from "./amendments.ts";
import { ROOT, readCoverage } from "./coverage.ts";
import { allSchemas, componentSchema, operationOf } from "./description.ts";
import { describedAs, EXCEPTIONS, NOT_OF_THE_API } from "./exceptions.ts";

const { routes } = createApiRouter({} as never, {} as never);
const nameOf = ({ method, template }: { method: string; template: string }) => `${method} ${template}`;
const RECORD = "record it anew: SANDBOX_COVERAGE=record npx vitest run, then node docs/generate.ts";

test("every exception is needed by a test", () => {
  const { exceptions } = readCoverage();
  expect(Object.keys(exceptions).sort(), RECORD).toEqual(EXCEPTIONS.map(({ name }) => name).sort());
});

test("every route is shown by a test, in a file that is there", () => {
  const coverage = readCoverage();
  expect(Object.keys(coverage.routes).sort(), RECORD).toEqual(routes.map(nameOf).sort());
  const files = Object.values({ ...coverage.routes, ...coverage.exceptions }).map(({ file }) => file);
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test("every amendment adds what GitHub's description has elsewhere, and is needed", () => {
  const all = allSchemas();
  for (const amendment of AMENDMENTS) {
    expect(componentSchema(amendment.like).properties, amendment.like).toHaveProperty(amendment.field);
    const copies = all.filter(({ properties }) => properties && lacks(amendment, properties));
    expect(copies.length, `copies without ${amendment.field}`).toBeGreaterThan(0);
  }
});

test("every route is described by GitHub", () => {
  const unknown = routes.filter(({ method, template }) => {
    return operationOf(method, describedAs(method, template).template) === undefined;
  });
  expect(unknown.map(nameOf)).toEqual(NOT_OF_THE_API);
});
