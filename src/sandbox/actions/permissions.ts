/** What a job's token may do: the `permissions` key, its defaults, and how a reusable workflow narrows them. */
import { isMapping, type TemplateToken } from "./library.ts";
import type { Permissions } from "./port.ts";
import { entries, literal, text } from "./tokens.ts";

type Level = "none" | "read" | "write";

const RANK: Readonly<Record<Level, number>> = { none: 0, read: 1, write: 2 };

/** Permissions that `read-all` and `write-all` mean, with the highest level that each has. */
const ALL: Readonly<Record<string, { readonly read: Level; readonly write: Level }>> = {
  actions: { read: "read", write: "write" },
  "artifact-metadata": { read: "read", write: "write" },
  attestations: { read: "read", write: "write" },
  checks: { read: "read", write: "write" },
  contents: { read: "read", write: "write" },
  deployments: { read: "read", write: "write" },
  discussions: { read: "read", write: "write" },
  "id-token": { read: "none", write: "write" },
  issues: { read: "read", write: "write" },
  models: { read: "read", write: "read" },
  packages: { read: "read", write: "write" },
  pages: { read: "read", write: "write" },
  "pull-requests": { read: "read", write: "write" },
  "repository-projects": { read: "read", write: "write" },
  "security-events": { read: "read", write: "write" },
  statuses: { read: "read", write: "write" },
};

/** GitHub's restricted default, when neither workflow nor job names any permission. */
export const DEFAULT_PERMISSIONS: Permissions = { contents: "read", packages: "read", metadata: "read" };

/** The `permissions` key; all that it does not name are none. `undefined` where the key is absent. */
export function readPermissions(token: TemplateToken | undefined): Permissions | undefined {
  if (!token) return undefined;
  if (isMapping(token)) {
    const named = entries(token).map(([name, value]) => [name, String(literal(value)) as Level] as const);
    return { ...Object.fromEntries(named.filter(([, level]) => level !== "none")), metadata: "read" };
  }
  const shorthand = text(token);
  const level = shorthand === "write-all" ? "write" : "read";
  const all = Object.entries(ALL).map(([name, levels]) => [name, levels[level]] as const);
  return { ...Object.fromEntries(all.filter(([, granted]) => granted !== "none")), metadata: "read" };
}

/** What is asked beyond what is allowed, in GitHub's notation; `undefined` where nothing is. */
export function excess(
  asked: Permissions,
  allowed: Permissions,
): { readonly asked: string; readonly allowed: string } | undefined {
  const beyond = Object.entries(asked).filter(
    ([name, level]) => name !== "metadata" && RANK[level] > RANK[allowed[name] ?? "none"],
  );
  if (beyond.length === 0) return undefined;
  return {
    asked: beyond.map(([name, level]) => `${name}: ${level}`).join(", "),
    allowed: beyond.map(([name]) => `${name}: ${allowed[name] ?? "none"}`).join(", "),
  };
}

/** For runs of a fork's pull request: nothing is written, and no identity is given out. */
export function readOnly(permissions: Permissions): Permissions {
  const kept = Object.entries(permissions).filter(([name]) => name !== "id-token");
  return Object.fromEntries(kept.map(([name, level]) => [name, level === "none" ? "none" : "read"]));
}
