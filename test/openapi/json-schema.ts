/**
 * OpenAPI 3.0 schemas as JSON Schema, stricter in one thing: an object that lists its fields has no others. GitHub's
 * description leaves that open nearly everywhere, but a field that only the sandbox has is a lie.
 */
import { amended } from "./amendments.ts";
import { componentSchema, type Schema } from "./description.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Takes the schemas that others refer to, each once. */
export type Register = (id: string, schema: () => JsonSchema) => void;

/** Keywords that mean the same in both. */
const SAME = [
  "type",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "maxProperties",
  "required",
];

/** Not `email`: the address of an App's account has brackets. The others (`repo.nwo`, `binary`) nobody defines. */
const FORMATS = ["uri", "uri-template", "date-time", "date", "int32", "int64", "double"];

/** How a list of alternatives is written: `branches` is a keyword of its own that says which one nearly fits. */
export type Alternatives = "anyOf" | "branches";

interface Options {
  readonly register: Register;
  readonly alternatives: Alternatives;
}

/** `part`: one of several schemas for the same object, which may have fields that only the others know. */
type Stance = "whole" | "part";

export function toJsonSchema(schema: Schema, options: Options, stance: Stance = "whole"): JsonSchema {
  const { nullable, ...rest } = schema;
  if (!nullable) return bare(rest, options, stance);
  const inner = bare(rest, options, stance);
  if (typeof inner.type === "string") {
    return {
      ...inner,
      type: [inner.type, "null"],
      ...(Array.isArray(inner.enum) ? { enum: [...inner.enum, null] } : {}),
    };
  }
  return { anyOf: [{ type: "null" }, inner] };
}

function bare(schema: Schema, options: Options, stance: Stance): JsonSchema {
  if (schema.$ref !== undefined) return reference(schema.$ref, options, stance);
  const same = Object.fromEntries(SAME.filter((name) => name in schema).map((name) => [name, schema[name]]));
  const format = FORMATS.includes(schema.format ?? "") ? { format: schema.format } : {};
  const items = schema.items ? { items: toJsonSchema(schema.items, options) } : {};
  return { ...same, ...format, ...items, ...fields(schema, options, stance) };
}

function reference(ref: string, options: Options, stance: Stance): JsonSchema {
  const name = ref.slice(ref.lastIndexOf("/") + 1);
  const id = `github:${stance}/${name}`;
  options.register(id, () => toJsonSchema(componentSchema(name), options, stance));
  return { $ref: id };
}

function fields(schema: Schema, options: Options, stance: Stance): JsonSchema {
  const { properties = {}, additionalProperties } = schema;
  const known = Object.entries(amended(properties)).map(([name, of]) => [name, toJsonSchema(of, options)]);
  const own = known.length > 0 ? { properties: Object.fromEntries(known) } : {};
  // `oneOf` is read as `anyOf`: several of GitHub's alternatives fit the same object.
  const either = schema.oneOf ?? schema.anyOf;
  const composed = schema.allOf !== undefined || (either !== undefined && known.length > 0);
  const parts = (list: readonly Schema[]) =>
    list.map((one) => toJsonSchema(one, options, composed ? "part" : stance));
  const all = schema.allOf ? { allOf: parts(schema.allOf) } : {};
  // Fields of alternatives count as known only through `anyOf`, which has to see them.
  const any = either ? { [composed ? "anyOf" : options.alternatives]: parts(either) } : {};
  return { ...own, ...all, ...any, ...rest() };

  function rest(): JsonSchema {
    if (typeof additionalProperties === "object")
      return { additionalProperties: toJsonSchema(additionalProperties, options) };
    if (additionalProperties !== undefined) return { additionalProperties };
    if (stance === "part") return {};
    if (composed) return { unevaluatedProperties: false };
    return known.length > 0 ? { additionalProperties: false } : {};
  }
}
