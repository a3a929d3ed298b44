/** `.github/cairn.yml`: what it may hold, and what it says. */
export { allowedAt, CONFIG_SCHEMA, type SchemaNode } from "./describe.ts";
export { withMergeAllowed } from "./edit.ts";
export { entryLabelOf, parseConfig, wordsOf } from "./parse.ts";
export { CONFIG_PATH, type Config, DEFAULTS } from "./schema.ts";
export { starterConfig } from "./starter.ts";
