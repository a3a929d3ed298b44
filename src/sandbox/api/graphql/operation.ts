/** The operation in a request's body: parsed, held against the schema, and weighed, before anything runs. */
import {
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  validate,
} from "graphql";
import { ApiError } from "../errors.ts";
import type { JsonObject } from "../router.ts";
import { type Cost, costOf } from "./cost.ts";
import { GraphqlRefusal } from "./errors.ts";
import { RULES } from "./rules.ts";
import { graphqlSchema } from "./schema.ts";

export type Operation =
  | {
      readonly kind: "ready";
      readonly document: DocumentNode;
      readonly definition: OperationDefinitionNode;
      readonly variables: JsonObject;
      readonly cost: Cost;
    }
  /** Nothing runs; status 200. */
  | { readonly kind: "refused"; readonly errors: readonly GraphQLError[] };

const DOCUMENTATION = "https://docs.github.com/graphql";
/** Of one query (docs: "Rate limits and query limits for the GraphQL API"). */
const MOST_NODES = 500_000;

/** Throws `ApiError` 400 for a body that is no query at all. */
export function operationIn(body: JsonObject): Operation {
  const { query, variables, operationName } = body;
  if (typeof query !== "string" || query.trim() === "") {
    const words = "A query attribute must be specified and must be a string.";
    throw new ApiError(400, words, undefined, DOCUMENTATION);
  }
  try {
    const { document, errors } = documentOf(query);
    if (errors.length > 0) return { kind: "refused", errors };
    return ready(document, variablesIn(variables), typeof operationName === "string" ? operationName : null);
  } catch (error) {
    if (error instanceof GraphQLError) return { kind: "refused", errors: [error] };
    throw error;
  }
}

interface Document {
  readonly document: DocumentNode;
  readonly errors: readonly GraphQLError[];
}

/** Clients send the same few texts again and again. */
const known = new Map<string, Document>();
const MOST_KNOWN = 100;

/** Throws `GraphQLError` for what cannot be parsed. */
function documentOf(query: string): Document {
  const before = known.get(query);
  if (before) return before;
  const document = parse(query);
  const found = { document, errors: validate(graphqlSchema(), document, RULES) };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(query, found);
  return found;
}

/** In GitHub's words. */
function invalidVariable(error: GraphQLError): GraphQLError {
  const definition = error.nodes?.find((node) => node.kind === Kind.VARIABLE_DEFINITION);
  if (!definition) return error;
  const { variable, type } = definition;
  const words = `Variable $${variable.name.value} of type ${print(type)} was provided invalid value`;
  return new GraphQLError(words, { nodes: definition });
}

/** Old clients send them as text. */
function variablesIn(given: unknown): JsonObject {
  const value: unknown = typeof given === "string" && given !== "" ? jsonOf(given) : given;
  if (value === undefined || value === null || value === "") return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as JsonObject;
  throw new ApiError(400, "Variables must be a JSON object.", undefined, DOCUMENTATION);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new ApiError(400, "Problems parsing JSON");
    throw error;
  }
}

function ready(document: DocumentNode, given: JsonObject, name: string | null): Operation {
  const definition = getOperationAST(document, name);
  if (!definition)
    throw new GraphQLError(name === null ? "An operation name is required" : `No operation named "${name}"`);
  const { coerced, errors } = getVariableValues(graphqlSchema(), definition.variableDefinitions ?? [], given);
  if (errors) return { kind: "refused", errors: errors.map(invalidVariable) };
  const cost = costOf(graphqlSchema(), document, definition, coerced);
  if (cost.nodes <= MOST_NODES) return { kind: "ready", document, definition, variables: given, cost };
  const count = cost.nodes.toLocaleString("en-US");
  const words = `This query requests up to ${count} possible nodes which exceeds the maximum limit of 500,000.`;
  const originalError = new GraphqlRefusal("MAX_NODE_LIMIT_EXCEEDED", words);
  return { kind: "refused", errors: [new GraphQLError(words, { originalError })] };
}
