/** GitHub's refusals, as an exception that a handler throws. */

/** One entry of `errors` in a 422 body. */
export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly message?: string;
  readonly value?: unknown;
}

const DOCUMENTATION = "https://docs.github.com/rest";

export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;
  readonly documentationUrl: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    errors?: readonly (FieldError | string)[],
    documentationUrl: string = DOCUMENTATION,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.errors = errors;
    this.documentationUrl = documentationUrl;
    this.headers = headers;
  }
}

/** The primary limit of GraphQL: an answer under 200 (docs: "Rate limits and query limits for the GraphQL API"). */
export class PointsSpent extends ApiError {
  constructor(message: string) {
    super(200, message);
    this.name = "PointsSpent";
  }
}

/** Names what GitHub has and the sandbox has not: nothing is answered as if it were there. */
export const notImplementedWords = (what: string): string => `Not implemented by the sandbox: ${what}`;

/** In REST: 501. */
export const notImplemented = (what: string): ApiError => new ApiError(501, notImplementedWords(what));

export const notFound = (): ApiError => new ApiError(404, "Not Found");

/** 422 `Validation Failed` with its list of reasons. */
export const validationFailed = (...errors: readonly FieldError[]): ApiError =>
  new ApiError(422, "Validation Failed", errors);

export const notForIntegrations = (): ApiError => new ApiError(403, "Resource not accessible by integration");
