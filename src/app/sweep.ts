/**
 * The sweep: every issue that GitHub shows to concern Cairn is looked at, whatever webhooks came or did not (I10).
 * It needs nothing but GitHub: the chains' refs in one read, and the labels by which people ask.
 */
import { ASKING } from "../core/acts.ts";
import type { AppClient } from "../github/index.ts";
import type { Place, Sites } from "./sites.ts";
import type { Target } from "./target.ts";

export interface SweepOptions {
  readonly app: AppClient;
  readonly sites: Sites;
  readonly namespace: string;
  readonly add: (target: Target) => void;
  /** Whether this process has seen the issue done with its chain at this head. */
  readonly isDone: (issue: Place & { readonly issue: number }, head: string) => boolean;
  readonly problem: (where: string, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Looks at every repository of every installation. A repository that cannot be read does not stop the others. */
export async function sweep(options: SweepOptions): Promise<void> {
  for (const installation of await options.app.installations()) {
    const repositories = await options.app.repositoriesOf(installation);
    for (const { owner, name } of repositories) {
      if (options.signal.aborted) return;
      try {
        await sweepRepository(options, { installation, owner, repository: name });
      } catch (error) {
        options.problem(`${owner}/${name}`, error);
      }
    }
  }
}

export async function sweepRepository(
  options: Pick<SweepOptions, "sites" | "namespace" | "add" | "isDone">,
  place: Place,
): Promise<void> {
  const reads = options.sites.reads(place);
  const heads = new Map<number, string>();
  const asked = new Set<number>();
  const prefix = `${options.namespace}/`;
  for (const { ref, sha } of (await reads.matchingRefs(prefix)).value) {
    const number = Number(ref.slice(`refs/${prefix}`.length));
    if (Number.isInteger(number) && number > 0) heads.set(number, sha);
  }
  for (const label of Object.keys(ASKING)) {
    for (const number of (await reads.issuesLabelled(label)).value) asked.add(number);
  }
  for (const issue of new Set([...heads.keys(), ...asked])) {
    const head = heads.get(issue);
    // What is done stays done while its chain stands still and nobody asks: a backlog of them costs nothing.
    if (head !== undefined && !asked.has(issue) && options.isDone({ ...place, issue }, head)) continue;
    options.add({ ...place, issue, hint: "sweep", ...(head === undefined ? {} : { head }) });
  }
}
