/**
 * Lets plain Node load `@actions/workflow-parser`, whose own imports of JSON files lack `with { type: "json" }`.
 * Adds the attribute for that package's JSON files and touches no other import. Works wherever Node itself
 * loads the package: `node src/cli/main.ts`, and test runners that leave `node_modules` to Node.
 */
import { registerHooks } from "node:module";

const PARSER_JSON = /\/@actions\/workflow-parser\/.*\.json$/;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    if (!PARSER_JSON.test(resolved.url)) return resolved;
    return { ...resolved, format: "json", importAttributes: { type: "json" } };
  },
});
