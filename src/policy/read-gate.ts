/** Reads the merge gate's facts, cheapest first, and stops at the first that already says "not yet". */
import type { Site } from "../barrier/index.ts";
import type { OverrideAct } from "../core/commands/double-approval.ts";
import type { GateView } from "../core/snapshot.ts";
import type { Permission, PullInfo } from "../github/ports.ts";
import type { Config } from "./config/index.ts";
import { type GateFacts, judgeMerge, lastWords } from "./merge-gate.ts";
import { conditionsOf, overridesInForce } from "./overrides.ts";

export interface GateInput {
  readonly pull: number;
  readonly base: string;
  readonly config: () => Promise<Config | { readonly invalid: string }>;
  /** What people have set aside, whatever head it is for. */
  readonly overrides?: readonly OverrideAct[] | undefined;
}

/** `undefined`: the pull request cannot be seen. Throws `GitHubError`. */
export async function readGate(site: Site, input: GateInput): Promise<GateView | undefined> {
  const read = await site.reads.pull(input.pull);
  if (!read) return undefined;
  const pull = read.value;
  const head = pull.headSha;
  const asked = { head, now: read.serverTime, base: input.base };
  const despite = await overridesInForce(site, input.overrides ?? [], asked);
  const aside = conditionsOf(despite);
  const [reviews, checks] = await Promise.all([site.reads.reviews(pull.number), site.reads.checks(head)]);
  const words = lastWords(reviews.value);
  const approvedHere = words.some((review) => review.state === "APPROVED" && review.commitId === head);
  const bad = checks.value.some((check) => check.status === "completed" && check.conclusion !== "success");
  const refusedHere = words.some((review) => review.state === "CHANGES_REQUESTED");
  if (!approvedHere && !bad && !refusedHere && pull.mergeable !== false && !aside.has("review-missing")) {
    return {
      kind: "waits",
      head,
      code: "review-missing",
      for: `a review of ${head.slice(0, 12)} by somebody with write access`,
      again: null,
    };
  }
  const required = await site.reads.requiredChecks(pull.baseRef);
  const commits = approvedHere ? (await site.reads.pullCommits(pull.number)).value : [];
  const config = await input.config();
  if ("invalid" in config) {
    return {
      kind: "waits",
      head,
      code: "config-unusable",
      for: `a configuration that can be used: ${config.invalid}`,
      again: null,
    };
  }
  const facts: GateFacts = {
    config,
    base: input.base,
    repository: site.issue.repository,
    pull: pull satisfies PullInfo,
    reviews: reviews.value,
    required: required.value,
    checks: checks.value,
    commits,
    permissions: await permissionsOf(
      site,
      words.flatMap((review) => review.author?.login ?? []),
    ),
    now: read.serverTime,
    aside,
  };
  const gate = judgeMerge(facts);
  if (gate.kind !== "open" || despite.length === 0) return gate;
  // Only what it would be closed without is used, and written into the record.
  const isNeeded = ({ action }: OverrideAct): boolean =>
    judgeMerge({ ...facts, aside: conditionsOf(despite.filter((one) => one.action !== action)) }).kind !==
    "open";
  const used = despite.filter(isNeeded);
  return used.length === 0 ? gate : { ...gate, despite: used };
}

async function permissionsOf(
  site: Site,
  logins: readonly string[],
): Promise<ReadonlyMap<string, Permission>> {
  const found = new Map<string, Permission>();
  for (const login of new Set(logins)) found.set(login, (await site.reads.permission(login)).value);
  return found;
}
