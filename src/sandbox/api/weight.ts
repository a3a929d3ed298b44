/** How much a request asks of GitHub: what its limits count, and whether a replica may answer it. */

import { readClassOf } from "../lag/classes.ts";
import type { ReadClass } from "../lag/replicas.ts";
import type { Resource } from "./quota.ts";
import type { JsonObject, Match } from "./router.ts";

export interface Weight {
  /** Reads may come from a replica, of this class. */
  readonly access: "read" | "write";
  readonly readClass: ReadClass;
  /** Of the secondary limit. */
  readonly points: number;
  /** It notifies people, and counts for the secondary limit of such. */
  readonly contentCreating: boolean;
  /** The primary limit that is charged, and how much. */
  readonly resource: Resource;
  readonly cost: number;
}

/** REST tells by the method: a read is 1 point, a write 5. GraphQL by what is in the body. */
export function weightOf(method: string, match: Match | undefined, body: Buffer): Weight {
  const { template = "", options = {} } = match?.route ?? {};
  if (options.weigh) return options.weigh(objectIn(body));
  const read = method === "GET";
  return {
    access: read ? "read" : "write",
    readClass: readClassOf(template),
    points: read ? 1 : 5,
    contentCreating: options.contentCreating === "yes",
    resource: "core",
    cost: 1,
  };
}

/** Empty where it is none: the answer will say so. */
function objectIn(body: Buffer): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as JsonObject)
      : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
