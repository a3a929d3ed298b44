/** What a smart HTTP request asks for, and the token it carries. */
import type { IncomingHttpHeaders } from "node:http";

export type GitOperation = "read" | "write";

export interface GitRequest {
  readonly owner: string;
  /** Without `.git`. */
  readonly repo: string;
  readonly endpoint: "info/refs" | "git-upload-pack" | "git-receive-pack";
  /** `undefined`: `info/refs` without a service, the old protocol that GitHub no longer serves. */
  readonly service: "git-upload-pack" | "git-receive-pack" | undefined;
  readonly query: string;
}

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** The request behind a URL (path and query); `undefined` when it is none of git's. */
export function parseGitUrl(url: string): GitRequest | undefined {
  const [path, query = ""] = url.split("?", 2) as [string, string?];
  const match = PATH.exec(path);
  if (!match) return undefined;
  const owner = decode(match[1]!);
  const repo = decode(match[2]!);
  if (owner === undefined || repo === undefined) return undefined;
  const endpoint = match[3] as GitRequest["endpoint"];
  const asked = endpoint === "info/refs" ? new URLSearchParams(query).get("service") : endpoint;
  const service = asked === "git-upload-pack" || asked === "git-receive-pack" ? asked : undefined;
  return { owner, repo, endpoint, service, query };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * The token of a request: the password of Basic (with any user name), or its user name where the password is empty or
 * `x-oauth-basic`; else what stands behind `Bearer` or `token`.
 */
export function tokenOf(headers: IncomingHttpHeaders): string | undefined {
  const match = /^(basic|bearer|token)\s+(\S+)\s*$/i.exec(headers.authorization ?? "");
  if (!match) return undefined;
  if (match[1]!.toLowerCase() !== "basic") return match[2];
  const pair = Buffer.from(match[2]!, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  const user = colon < 0 ? pair : pair.slice(0, colon);
  const password = colon < 0 ? "" : pair.slice(colon + 1);
  const token = password === "" || password === "x-oauth-basic" ? user : password;
  return token === "" ? undefined : token;
}
