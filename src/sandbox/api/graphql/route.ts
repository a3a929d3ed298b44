/** `POST /graphql`: what it weighs, and its answer. */
import { execute, type GraphQLError } from "graphql";
import { ApiError } from "../errors.ts";
import type { Quota, QuotaState } from "../quota.ts";
import { type JsonObject, type Route, type RouteContext, type RouteResult, route } from "../router.ts";
import type { Weight } from "../weight.ts";
import type { GraphqlContext } from "./context.ts";
import { GraphqlRefusal, presentError } from "./errors.ts";
import { CONTENT_CREATING, mutationRoot } from "./mutations.ts";
import { type Operation, operationIn } from "./operation.ts";
import { queryRoot } from "./root.ts";
import { answerField, graphqlSchema } from "./schema.ts";

const AUTHENTICATION =
  "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql";

const refused = (errors: readonly GraphQLError[]): RouteResult => ({
  status: 200,
  body: { errors: errors.map(presentError) },
});

async function answer(context: RouteContext, quota: Quota): Promise<RouteResult> {
  const { actor } = context;
  if (actor.kind === "anonymous")
    throw new ApiError(401, "This endpoint requires you to be authenticated.", undefined, AUTHENTICATION);
  if (actor.kind === "app") throw new ApiError(401, "Bad credentials");
  const operation = operationIn(context.body);
  if (operation.kind === "refused") return refused(operation.errors);
  const shared = contextOf(context, operation, quota);
  const { data, errors = [] } = await execute({
    schema: graphqlSchema(),
    document: operation.document,
    operationName: operation.definition.name?.value,
    rootValue: operation.definition.operation === "mutation" ? mutationRoot(shared) : queryRoot(shared),
    contextValue: shared,
    variableValues: operation.variables,
    fieldResolver: answerField,
  });
  const own = errors.find(({ originalError }) => originalError && !(originalError instanceof GraphqlRefusal));
  if (own) throw own.originalError;
  return { status: 200, body: { data, ...(errors.length > 0 ? { errors: errors.map(presentError) } : {}) } };
}

type Ready = Extract<Operation, { kind: "ready" }>;

function contextOf(context: RouteContext, { cost }: Ready, quota: Quota): GraphqlContext {
  const { services, world, actor, requestId, urls } = context;
  const state = quota.peek(actor, "graphql");
  const left = state && charged(state, cost.points);
  return { services, world, counted: world.counted ?? world, actor, requestId, urls, cost, left };
}

/** The request itself is charged once it is answered. */
function charged(state: QuotaState, cost: number): QuotaState {
  const points = Math.min(state.remaining, cost);
  return { ...state, used: state.used + points, remaining: state.remaining - points };
}

/** Secondary limits: a query 1, a mutation 5 (docs: "Rate limits and query limits for the GraphQL API"). */
function weigh(body: JsonObject): Weight {
  const operation = operationOrNone(body);
  const common = { resource: "graphql", contentCreating: false } as const;
  if (operation?.kind !== "ready") return { ...common, access: "read", readClass: "get", points: 1, cost: 1 };
  const { cost, definition } = operation;
  if (definition.operation === "query") {
    const readClass = cost.connections === "some" ? "list" : "get";
    return { ...common, access: "read", readClass, points: 1, cost: cost.points };
  }
  const names = definition.selectionSet.selections.map((one) => (one.kind === "Field" ? one.name.value : ""));
  const contentCreating = names.some((name) => CONTENT_CREATING.includes(name));
  return { ...common, access: "write", readClass: "get", points: 5, contentCreating, cost: cost.points };
}

/** What is no query is told so when it is answered. */
function operationOrNone(body: JsonObject): Operation | undefined {
  try {
    return operationIn(body);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

export function graphqlRoutes(quota: Quota): readonly Route[] {
  return [route("POST", "/graphql", { auth: "any", weigh }, (context) => answer(context, quota))];
}
