/** Facts of a pull request that the merge gate lets through; each test makes one of them another. */
import type { BranchRules, CheckInfo, PullCommitInfo, PullInfo, ReviewInfo } from "../../src/github/ports.ts";
import { type Config, DEFAULTS } from "../../src/policy/config/index.ts";
import type { GateCode, GateFacts } from "../../src/policy/gate/facts.ts";
import { judgeAll } from "../../src/policy/gate/judge.ts";

export const HEAD = "a".repeat(40);
export const OWN_APP = 99;
const WEB_FLOW = 19_864_447;
export const account = (id: number, login: string, type: "User" | "Bot" = "User") => ({ id, login, type });
export const pull: PullInfo = {
  number: 41,
  nodeId: "PR_41",
  state: "open",
  draft: false,
  merged: false,
  mergeable: true,
  mergeableState: "clean",
  mergeCommitSha: null,
  title: "t",
  body: "",
  author: account(500, "cairn[bot]", "Bot"),
  headRef: "cairn/12-g1",
  headSha: HEAD,
  headRepositoryId: 7,
  baseRef: "main",
  baseSha: "b".repeat(40),
  requestedReviewers: [],
  labels: [],
  changedFiles: 1,
  comments: 0,
  mergedAt: null,
  closedAt: null,
  createdAt: 0,
};
export const review = (id: number, login: string, change: Partial<ReviewInfo> = {}): ReviewInfo => ({
  id,
  author: account(id, login),
  state: "APPROVED",
  commitId: HEAD,
  submittedAt: id,
  body: "",
  ...change,
});
export const botReview = review(3, "lint[bot]", { author: account(3, "lint[bot]", "Bot") });
export const check = (
  name: string,
  conclusion: string | null = "success",
  appId: number | null = 15_368,
): CheckInfo => ({
  name,
  appId,
  status: conclusion === null ? "pending" : "completed",
  conclusion,
  run: null,
});
export const own: PullCommitInfo = {
  sha: HEAD,
  authorId: 500,
  authorLogin: "cairn[bot]",
  committerId: WEB_FLOW,
  verified: true,
};
/** Signed with a key that GitHub knows as hers. */
export const byMaya: PullCommitInfo = { ...own, authorId: 4, authorLogin: "maya", committerId: 4 };
export const rules: BranchRules = {
  checks: [{ name: "test", appId: null }],
  strict: false,
  approvals: 0,
  conversations: false,
  queue: false,
  locked: false,
};
export const config: Config = { ...DEFAULTS, merge: "on-green-with-review" };
export const botsMay: Config = { ...config, reviewBots: ["lint[bot]"] };
export const issue = { open: true, title: "T", labels: [], blockers: [] };
export const good: GateFacts = {
  pull,
  base: "main",
  repository: 7,
  app: { appId: OWN_APP, botId: 500 },
  synthetic: false,
  commandReview: null,
  queued: null,
  now: 1_000,
  config,
  reviews: [review(1, "robin")],
  rules,
  checks: [check("test")],
  commits: [own],
  permissions: new Map([
    ["robin", "write"],
    ["oda", "read"],
    ["maya", "admin"],
  ]),
  files: { files: 1, paths: ["src/greet.js"] },
  onTip: true,
  threads: 0,
  issue,
  underWay: [],
};

/** Codes of all conditions that do not hold. */
export function unmet(facts: GateFacts): readonly GateCode[] {
  const rows = judgeAll(facts, new Map());
  if ("kind" in rows) throw new Error(`${rows.part} is missing`);
  return rows.filter(({ state }) => state !== "holds").map(({ code }) => code);
}
