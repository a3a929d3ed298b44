/** One request to the sandbox, whatever it is for, git transport excepted. Independent of any server. */
import type { ActionsEngine } from "./actions/port.ts";
import type { Dispatcher } from "./api/call.ts";
import { dispatch } from "./api/dispatch.ts";
import { notImplemented } from "./api/errors.ts";
import { jsonResponse, type SandboxRequest, type SandboxResponse, splitUrl } from "./api/http.ts";
import type { IdTokenIssuer } from "./identity/oidc.ts";

export interface Handlers {
  readonly dispatcher: Dispatcher;
  readonly idTokens: IdTokenIssuer;
  readonly engine: () => ActionsEngine | undefined;
  readonly control: (request: SandboxRequest) => Promise<SandboxResponse>;
}

/** Answers a request: the REST API, the id token issuer, what jobs ask of the engine, the sandbox's control. */
export async function handle(handlers: Handlers, request: SandboxRequest): Promise<SandboxResponse> {
  const { path, query } = splitUrl(request.url);
  if (/^\/_sandbox(\/|$)/.test(path)) return handlers.control(request);
  if (!path.startsWith("/_services/")) return dispatch(handlers.dispatcher, request);
  const document = request.method === "GET" ? handlers.idTokens.document(path) : undefined;
  if (document !== undefined) return jsonResponse(200, document);
  const { method, headers } = request;
  const served = await handlers.engine()?.handle({ method, path, query, headers });
  if (served) return jsonResponse(served.status, served.body);
  return jsonResponse(501, { message: notImplemented(`${method} ${path}`).message });
}
