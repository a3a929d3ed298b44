/** Queries over HTTP, as any client of GraphQL sends them. */
import { getNamedType, isAbstractType, isLeafType, isObjectType } from "graphql";
import { graphqlSchema } from "../../../src/sandbox/api/graphql/schema.ts";
import type { Call, Reply } from "../fixture.ts";

export const ask = (call: Call, query: string, variables: Record<string, unknown> = {}): Promise<Reply> =>
  call("POST", "/graphql", { query, variables });

/** The data of an answer without errors. */
// biome-ignore lint/suspicious/noExplicitAny: as a client without types looks into it
export async function data(call: Call, query: string, variables: Record<string, unknown> = {}): Promise<any> {
  const { status, body } = await ask(call, query, variables);
  if (status !== 200 || body.errors) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body.data;
}

/** The errors of an answer under 200, without their places in the query. */
export async function errors(call: Call, query: string, variables: Record<string, unknown> = {}) {
  const { status, body } = await ask(call, query, variables);
  if (status !== 200 || !body.errors) throw new Error(`no errors: ${status} ${JSON.stringify(body)}`);
  return body.errors.map(({ locations: _, ...rest }: { locations: unknown }) => rest);
}

/** `owner` and `name` of the fixture's repository, as arguments. */
export const TOOLS = '(owner: "acme", name: "tools")';

/** Every field of a type: what leads to other objects with their type's name alone, connections with one node. */
export function everyField(typeName: string, without: readonly string[] = []): string {
  const type = graphqlSchema().getType(typeName);
  if (!isObjectType(type)) throw new RangeError(`no type ${typeName}`);
  const parts = Object.values(type.getFields()).flatMap((field) => {
    const named = getNamedType(field.type);
    const needed = field.args.some(
      (arg) => arg.type.toString().endsWith("!") && arg.defaultValue === undefined,
    );
    if (needed || without.includes(field.name)) return [];
    if (isLeafType(named)) return [field.name];
    if (named.name.endsWith("Connection"))
      return [
        `${field.name}(first: 1) { totalCount nodes { __typename } edges { cursor node { __typename } } }`,
      ];
    if (isAbstractType(named)) return [`${field.name} { __typename }`];
    return [`${field.name} { __typename }`];
  });
  return parts.join(" ");
}
