/** GitHub's refusals in GraphQL: entries of `errors`, under status 200. */
import type { GraphQLError } from "graphql";
import { notImplementedWords } from "../errors.ts";

/** GitHub's word for the kind of refusal. `NOT_IMPLEMENTED` is the sandbox's own. */
type RefusalType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "UNPROCESSABLE"
  | "STALE_DATA"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "EXCESSIVE_PAGINATION"
  | "INVALID_CURSOR_ARGUMENTS"
  | "MAX_NODE_LIMIT_EXCEEDED"
  | "RATE_LIMITED"
  | "NOT_IMPLEMENTED";

type Extensions = Readonly<Record<string, unknown>>;

/** Thrown while a field is answered: the field is null, and the refusal is told beside the data. */
export class GraphqlRefusal extends Error {
  /** Absent where nobody has told what GitHub says. */
  readonly type: RefusalType | undefined;
  readonly extensions: Extensions;

  constructor(type: RefusalType | undefined, message: string, extensions: Extensions = {}) {
    super(message);
    this.name = "GraphqlRefusal";
    this.type = type;
    this.extensions = extensions;
  }
}

/** What there is not, and what the token may not see. `what`: "a Repository with the name 'x/y'." */
export const notResolved = (what: string): GraphqlRefusal =>
  new GraphqlRefusal("NOT_FOUND", `Could not resolve to ${what}`);

/** A permission that the token of an App or a job lacks. */
export const forbidden = (): GraphqlRefusal =>
  new GraphqlRefusal("FORBIDDEN", "Resource not accessible by integration", { saml_failure: false });

/** What GitHub has and the sandbox has not. */
export const notHere = (what: string): GraphqlRefusal =>
  new GraphqlRefusal("NOT_IMPLEMENTED", notImplementedWords(what));

/** One entry of `errors`, in GitHub's order of keys. */
export function presentError(error: GraphQLError) {
  const { originalError, extensions, path, locations, message } = error;
  const type = originalError instanceof GraphqlRefusal ? originalError.type : undefined;
  return {
    ...(type === undefined ? {} : { type }),
    ...(path ? { path } : {}),
    ...(Object.keys(extensions).length > 0 ? { extensions } : {}),
    ...(locations ? { locations } : {}),
    message,
  };
}
