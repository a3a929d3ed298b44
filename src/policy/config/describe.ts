/** What the schema says of a key, in words: for errors, and for the page of docs. */
import { z } from "zod";
import { configSchema } from "./schema.ts";

/** The parts of JSON Schema (2020-12) that `schema.ts` comes to. */
export interface SchemaNode {
  readonly $id?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** Of keys that are people's own. */
  readonly additionalProperties?: SchemaNode | false;
}

/** Where editors find it. */
export const SCHEMA_URL = "https://raw.githubusercontent.com/cairn-dev/cairn/v1/docs/cairn.schema.json";

/** The whole as JSON Schema, of the file as people write it. */
export const CONFIG_SCHEMA: SchemaNode = {
  $id: SCHEMA_URL,
  title: "Configuration of Cairn",
  ...(z.toJSONSchema(configSchema, { io: "input" }) as SchemaNode),
};

/** The node that a path leads to; an index stands for any item of a list. */
export function nodeAt(keys: readonly PropertyKey[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = CONFIG_SCHEMA;
  for (const key of keys) node = typeof key === "number" ? node?.items : innerOf(node, String(key));
  return node;
}

const innerOf = (node: SchemaNode | undefined, key: string): SchemaNode | undefined =>
  node?.properties?.[key] ?? (node?.additionalProperties || undefined);

/** What is allowed there: `a whole number from 1 to 10`, `one of: never, on-green-with-review`. */
export function allowedAt(node: SchemaNode): string {
  if (node.enum) return `one of: ${node.enum.join(", ")}`;
  switch (node.type) {
    case "integer":
      return `a whole number from ${node.minimum} to ${node.maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return `a list, each of it ${node.items ? allowedAt(node.items) : "anything"}`;
    case "object":
      if (!node.properties) return node.title ?? "keys and values";
      return `keys and values: ${Object.keys(node.properties ?? {}).join(", ")}`;
    default:
      return node.title ?? "text";
  }
}
