/** GitHub's own OpenAPI description, as the package `@octokit/openapi` brings it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

export interface Schema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Reference {
  readonly $ref?: string;
}

export interface Parameter extends Reference {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Reference & { readonly content?: Content }>>;
  readonly externalDocs?: { readonly url: string };
  readonly "x-github": { readonly triggersNotification?: boolean; readonly enabledForGitHubApps?: boolean };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly "x-webhooks": Readonly<Record<string, { readonly post: Operation }>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

const require = createRequire(import.meta.url);
const FILE = require.resolve("@octokit/openapi/generated/api.github.com.json");

/** Version of the package; what was made from the description holds as long as this stays. */
export const VERSION = (require("@octokit/openapi/package.json") as { version: string }).version;

let loaded: Description | undefined;

/** Read when it is first asked for: 13 MB, a tenth of a second. */
function description(): Description {
  loaded ??= JSON.parse(readFileSync(FILE, "utf8")) as Description;
  return loaded;
}

const nameOf = (ref: string): string => ref.slice(ref.lastIndexOf("/") + 1);

export function componentSchema(name: string): Schema {
  const schema = description().components.schemas[name];
  if (!schema) throw new RangeError(`the description has no schema '${name}'`);
  return schema;
}

/** `undefined`: GitHub describes no such operation. */
export function operationOf(method: string, template: string): Operation | undefined {
  return description().paths[template]?.[method.toLowerCase()];
}

/** Parameters of an operation, references followed. */
export function parametersOf(operation: Operation): readonly Parameter[] {
  const { parameters } = description().components;
  return (operation.parameters ?? []).map((one) =>
    one.$ref === undefined ? one : (parameters[nameOf(one.$ref)] ?? one),
  );
}

/** Content of an answer with this status. `undefined`: the status is not described; `null`: it has no body. */
export function answerSchema(operation: Operation, status: number): Schema | null | undefined {
  const described = operation.responses[String(status)];
  if (!described) return undefined;
  const { responses } = description().components;
  const answer = described.$ref === undefined ? described : responses[nameOf(described.$ref)];
  return jsonOf(answer?.content) ?? null;
}

/** `undefined`: the operation takes no JSON. */
export function requestSchema(operation: Operation): Schema | undefined {
  return jsonOf(operation.requestBody?.content);
}

/** `name`: event and action with dashes, `issues-opened`. */
export function eventSchema(name: string): Schema | undefined {
  return jsonOf(description()["x-webhooks"][name]?.post.requestBody?.content);
}

/** Every schema, the nested ones too. */
export function allSchemas(): readonly Schema[] {
  const found: Schema[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("properties" in value || "$ref" in value || "type" in value) found.push(value as Schema);
    for (const inner of Object.values(value)) look(inner);
  };
  look(description().components);
  look(description().paths);
  return found;
}

function jsonOf(content: Content | undefined): Schema | undefined {
  return Object.entries(content ?? {}).find(([type]) => type.split(";")[0]?.endsWith("json"))?.[1].schema;
}
