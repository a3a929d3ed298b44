/** Why a value does not fit: every place, with what stands there and what the description says. */
import type { ErrorObject } from "ajv";
import { createAjv } from "./ajv.ts";
import { describe, type Subject } from "./subject.ts";

export interface Difference {
  /** JSON pointer into the body, of a missing field too. */
  readonly pointer: string;
  readonly found: string;
  readonly says: string;
}

export function explain(subject: Subject, value: unknown): readonly Difference[] {
  const described = describe(subject);
  if ("absent" in described) return [];
  const { ajv, schemaOf } = createAjv(subject, "explain");
  const validate = ajv.compile(schemaOf(described.schema));
  if (validate(value)) return [];
  const found = (validate.errors ?? []).filter(({ keyword }) => keyword !== "branches").map(difference);
  const unique = new Map(found.map((one) => [`${one.pointer} ${one.says}`, one]));
  return [...unique.values()];
}

function difference({ keyword, instancePath, params, message, data, schema }: ErrorObject): Difference {
  switch (keyword) {
    case "required":
      return {
        pointer: `${instancePath}/${params.missingProperty}`,
        found: "nothing",
        says: "a required field",
      };
    case "additionalProperties":
    case "unevaluatedProperties": {
      const name = String(params.additionalProperty ?? params.unevaluatedProperty);
      const value = (data as Record<string, unknown> | undefined)?.[name];
      return { pointer: `${instancePath}/${name}`, found: short(value), says: "no such field" };
    }
    case "enum":
      return { pointer: instancePath, found: short(data), says: `one of ${short(schema)}` };
    default:
      return { pointer: instancePath, found: short(data), says: message ?? keyword };
  }
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
