/**
 * What a query costs (docs: "Rate limits and query limits for the GraphQL API"): one request for each connection, times
 * what the connections around it may bring, a hundred of them to the point; and how many nodes that may be.
 */
import {
  type DocumentNode,
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { JsonObject } from "../router.ts";

export interface Cost {
  /** At least 1. */
  readonly points: number;
  readonly nodes: number;
  readonly connections: "some" | "none";
}

interface Tally {
  requests: number;
  nodes: number;
}

export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, selectionSet }: OperationDefinitionNode,
  variables: JsonObject,
): Cost {
  const tally: Tally = { requests: 0, nodes: 0 };
  function walk(set: SelectionSetNode, type: GraphQLNamedType | undefined, times: number): void {
    for (const selection of set.selections) {
      switch (selection.kind) {
        case Kind.FIELD:
          field(selection, type, times);
          break;
        case Kind.INLINE_FRAGMENT:
          walk(selection.selectionSet, named(selection.typeCondition?.name.value) ?? type, times);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const name = selection.name.value;
          const found = document.definitions.find(
            (one) => one.kind === Kind.FRAGMENT_DEFINITION && one.name.value === name,
          );
          if (found?.kind === Kind.FRAGMENT_DEFINITION)
            walk(found.selectionSet, named(found.typeCondition.name.value), times);
          break;
        }
      }
    }
  }
  const named = (name: string | undefined) => (name === undefined ? undefined : schema.getType(name));
  function field(node: FieldNode, parent: GraphQLNamedType | undefined, times: number): void {
    const fields = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields() : {};
    const type = getNamedType(fields[node.name.value]?.type);
    const connection = type?.name.endsWith("Connection") === true;
    const size = connection ? (sizeOf(node, variables) ?? 0) : 1;
    if (connection) {
      tally.requests += times;
      tally.nodes += times * size;
    }
    if (node.selectionSet) walk(node.selectionSet, type, times * size);
  }
  walk(selectionSet, schema.getRootType(operation) ?? undefined, 1);
  const { requests, nodes } = tally;
  return {
    points: Math.max(1, Math.round(requests / 100)),
    nodes,
    connections: requests > 0 ? "some" : "none",
  };
}

function sizeOf(node: FieldNode, variables: JsonObject): number | undefined {
  for (const { name, value } of node.arguments ?? []) {
    if (name.value !== "first" && name.value !== "last") continue;
    if (value.kind === Kind.INT) return Number(value.value);
    if (value.kind === Kind.VARIABLE) {
      const given = variables[value.name.value];
      if (typeof given === "number") return given;
    }
  }
  return undefined;
}
