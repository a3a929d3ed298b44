/** Cairn's only way to GitHub: `connect` for a repository, `createAppClient` for the App itself. */

import type { Address } from "./address.ts";
import { createClient } from "./client.ts";
import type { Clock, ServerClock } from "./clock.ts";
import type { FileCache } from "./files.ts";
import type { Pacing } from "./governor.ts";
import type { ListCache } from "./known-lists.ts";
import type { GitHubReads, GitHubWrites } from "./ports.ts";
import { createReads } from "./reads.ts";
import { createWrites } from "./writes.ts";

export interface ConnectOptions {
  readonly apiUrl: string;
  readonly address: () => Address;
  readonly clock: Clock;
  readonly governor: Pacing;
  readonly token: () => Promise<string>;
  readonly invalidate?: () => void;
  /** Issue that the requests are for, `<repository id>/<number>`; shown in the User-Agent. */
  readonly issue?: string;
  /** What the governor keeps something for, and the requests draw on. */
  readonly work?: string;
  /** Told the time of every answer. */
  readonly serverClock?: ServerClock;
  readonly fetch?: typeof fetch;
  /** Files that other connections to the same GitHub have read already. */
  readonly files?: FileCache;
  /** The same of lists: to be shared by connections with the same token alone. */
  readonly lists?: ListCache;
  /** Milliseconds for one request. */
  readonly timeout?: number;
  /** Milliseconds before a read is repeated for the first time. */
  readonly retryPause?: number;
}

export interface Connection {
  readonly reads: GitHubReads;
  readonly writes: GitHubWrites;
}

export function connect(options: ConnectOptions): Connection {
  const { address, issue, files, lists, ...rest } = options;
  const client = createClient({ ...rest, ...(issue === undefined ? {} : { attribution: `issue=${issue}` }) });
  return { reads: createReads(client, address, files, lists), writes: createWrites(client, address) };
}

export { type Clock, createServerClock, realClock, type Scheduler, type ServerClock } from "./clock.ts";
export { GitHubError } from "./errors.ts";
export { createFileCache } from "./files.ts";
export {
  createGovernor,
  type Errand,
  type Governor,
  type Pacing,
  type Rank,
  type RequestKind,
} from "./governor.ts";
export {
  type AppClient,
  type AppInfo,
  createAppClient,
  type InstallationInfo,
  type TokenScope,
} from "./identity.ts";
export { createListCache, type ListCache } from "./known-lists.ts";
export {
  createOidcVerifier,
  issuerOf,
  type OidcClaims,
  type OidcCode,
  OidcError,
  type OidcVerifier,
} from "./oidc.ts";
export type * from "./outcome.ts";
export type * from "./ports.ts";
export type { Need } from "./reservations.ts";
export { openScratch, type Scratch } from "./scratch.ts";
