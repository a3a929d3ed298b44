/** People of the sandbox, over HTTP with their own tokens: the demo does nothing that a person could not do. */

export interface Person {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

/** Rejects where the sandbox refuses, with its words. */
export function person(url: string, token: string): Person {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `token ${token}`,
        "user-agent": "person",
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const answer = (await response.json()) as { message?: string };
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message ?? ""}`);
    return answer;
  };
  return {
    get: (path) => call("GET", path) as never,
    post: (path, body) => call("POST", path, body) as never,
  };
}
