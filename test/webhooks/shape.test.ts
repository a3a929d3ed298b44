/** Every recorded answer has the types that GitHub's OpenAPI description gives for its route and status. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { beforeAll, expect, test } from "vitest";

import { expanded } from "./names.ts";
import { toWire } from "./readable.ts";
import { type Exchange, type Recording, read, recorded, START, type StartRecording } from "./recording.ts";

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
}
type Responses = Readonly<Record<string, { readonly $ref?: string }>>;

const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false, logger: false });
let paths: Description["paths"] = {};

beforeAll(() => {
  const file = createRequire(import.meta.url).resolve("@octokit/openapi/generated/api.github.com.json");
  const description = JSON.parse(readFileSync(file, "utf8"), relaxed) as Description;
  paths = description.paths;
  ajv.addSchema(description, "github");
});

/** Answers are cut down: what is left out is not missed, and more than one alternative may fit. */
function relaxed(key: string, value: unknown): unknown {
  if (key === "required" && Array.isArray(value)) return undefined;
  if (typeof value !== "object" || value === null) return value;
  const { oneOf, nullable, ...schema } = value as Record<string, unknown>;
  const alike = oneOf === undefined ? schema : { ...schema, anyOf: oneOf };
  // OpenAPI 3.0 has `null` beside the type, JSON Schema as one.
  return nullable === true ? { anyOf: [alike, { type: "null" }] } : Array.isArray(value) ? value : alike;
}

/** The template of a path, the one with the fewest parameters where several fit. */
function templateOf(path: string): string {
  const fits = (template: string): boolean =>
    new RegExp(
      `^${template.replaceAll(/[.*+?^$()|[\]\\]/g, "\\$&").replaceAll(/\{(\w+)\}/g, parameter)}$`,
    ).test(path);
  const found = Object.keys(paths).filter(fits);
  const [best] = found.toSorted((a, b) => a.split("{").length - b.split("{").length);
  if (best === undefined) throw new RangeError(`GitHub does not describe ${path}`);
  return best;
}

/** Names of refs and files have slashes in them. */
const parameter = (_all: string, name: string): string =>
  name === "ref" || name === "path" ? ".+" : "[^/]+";

function flawOf({ request, status, answer }: Exchange): string | undefined {
  const [method = "", address = ""] = request.split(" ");
  const template = templateOf(address.split("?")[0] ?? "");
  const response = paths[template]?.[method.toLowerCase()]?.responses[status];
  if (!response) return `${request}: GitHub does not describe status ${status}`;
  if (answer === undefined) return undefined;
  const at = response.$ref ?? `#/paths/${pointer(template)}/${method.toLowerCase()}/responses/${status}`;
  const validate = ajv.getSchema(`github${at}/content/application~1json/schema`);
  if (!validate) return `${request}: GitHub does not describe the answer`;
  return validate(toWire(answer)) ? undefined : `${request}: ${ajv.errorsText(validate.errors)}`;
}

const pointer = (text: string): string =>
  encodeURIComponent(text.replaceAll("~", "~0").replaceAll("/", "~1"));

test("every answer is of the shape that GitHub describes", () => {
  const all = recorded().map((name) => expanded(read<Recording>(name)));
  const exchanges = [
    ...read<StartRecording>(START).exchanges,
    ...all.flatMap(({ exchanges, again = [] }) => [...exchanges, ...again]),
  ];
  expect(exchanges.length).toBeGreaterThan(150);
  // Queries have a schema of their own, by which the sandbox has answered them.
  const rest = exchanges.filter(({ request }) => request !== "POST /graphql");
  expect(rest.flatMap((one) => flawOf(one) ?? [])).toEqual([]);
});

test("an answer of another shape is found out", () => {
  const issue = { round: 1, request: "GET /repos/acme/greetings/issues/1", status: 200 };
  expect(flawOf({ ...issue, answer: { number: 1 } })).toBeUndefined();
  expect(flawOf({ ...issue, answer: { number: "1" } })).toContain("number must be integer");
  expect(flawOf({ ...issue, status: 418 })).toContain("does not describe status 418");
});
