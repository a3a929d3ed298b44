/** ajv as the checks here need it. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import type { Schema } from "./description.ts";
import { type JsonSchema, toJsonSchema } from "./json-schema.ts";
import type { Subject } from "./subject.ts";

/** `check`: a quick yes or no. `explain`: every error, and of several alternatives those of the nearest. */
export type Purpose = "check" | "explain";

export function createAjv(subject: Subject, purpose: Purpose) {
  const explain = purpose === "explain";
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    messages: explain,
    inlineRefs: false,
    allErrors: explain,
    verbose: explain,
    // Parameters of path and query are text.
    coerceTypes: subject.part === "parameters",
    code: { source: !explain, esm: false, optimize: false },
  });
  (formats as unknown as typeof formats.default)(ajv);
  if (explain) addBranches(ajv);
  const seen = new Set<string>();
  const register = (id: string, schema: () => JsonSchema): void => {
    if (seen.has(id)) return;
    seen.add(id);
    ajv.addSchema(schema(), id);
  };
  const schemaOf = (schema: Schema): JsonSchema =>
    toJsonSchema(schema, { register, alternatives: explain ? "branches" : "anyOf" });
  return { ajv, schemaOf };
}

/** `anyOf` that tells only of the alternative with the fewest errors: twenty kinds of events would tell of all. */
function addBranches(ajv: Ajv2020): void {
  ajv.addKeyword({
    keyword: "branches",
    errors: "full",
    compile(schemas: readonly JsonSchema[]) {
      const branches = schemas.map((schema) => {
        let compiled: ValidateFunction | undefined;
        return (data: unknown): readonly ErrorObject[] => {
          compiled ??= ajv.compile(schema);
          return compiled(data) ? [] : [...(compiled.errors ?? [])];
        };
      });
      const validate = (data: unknown, context?: { instancePath: string }): boolean => {
        const [nearest = []] = branches.map((errors) => errors(data)).sort((a, b) => a.length - b.length);
        const at = context?.instancePath ?? "";
        Object.assign(validate, {
          errors: nearest.map((error) => ({ ...error, instancePath: `${at}${error.instancePath}` })),
        });
        return nearest.length === 0;
      };
      return validate;
    },
  });
}
