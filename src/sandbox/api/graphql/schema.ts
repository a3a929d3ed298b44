/**
 * The schema: GitHub's names, types and nullability for what the sandbox has (`schema.graphql`). Objects answer for
 * themselves: a field is a value, or a function that is called when the field is asked for.
 */
import { readFileSync } from "node:fs";
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema } from "graphql";
import type { GraphqlContext } from "./context.ts";

const FILE = new URL("schema.graphql", import.meta.url);

let built: GraphQLSchema | undefined;

/** Read and built when it is first asked for: most sandboxes never are. */
export function graphqlSchema(): GraphQLSchema {
  built ??= buildSchema(readFileSync(FILE, "utf8"));
  return built;
}

/** Throws where the schema has a field that no object answers: it must not come out as null. */
export const answerField: GraphQLFieldResolver<unknown, GraphqlContext> = (source, args, context, info) => {
  const fields = source as Readonly<Record<string, unknown>>;
  const { fieldName, parentType } = info;
  if (!(fieldName in fields)) throw new TypeError(`nothing answers ${parentType.name}.${fieldName}`);
  const value = fields[fieldName];
  return typeof value === "function" ? value(args, context, info) : value;
};
