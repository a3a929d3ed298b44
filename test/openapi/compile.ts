/** The code of a validator, as a CommonJS module. */
import standalone from "ajv/dist/standalone/index.js";
import { createAjv } from "./ajv.ts";
import { describe, type Subject } from "./subject.ts";

/** What stands in the place of a validator where the description has no schema. */
export function codeOf(subject: Subject): string {
  const described = describe(subject);
  if ("absent" in described) return `module.exports = ${JSON.stringify(described)};\n`;
  const { ajv, schemaOf } = createAjv(subject, "check");
  return (standalone as unknown as typeof standalone.default)(ajv, ajv.compile(schemaOf(described.schema)));
}
