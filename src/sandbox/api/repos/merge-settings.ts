/** How pull requests of a repository may be merged, and what their commits say. */
import type { MergeWords, Repository } from "../../world/state.ts";
import { validationFailed } from "../errors.ts";
import { optionalBoolean, optionalString } from "../input.ts";
import type { JsonObject } from "../router.ts";

const MERGE_PAIRS = ["PR_TITLE PR_BODY", "PR_TITLE BLANK", "MERGE_MESSAGE PR_TITLE"];
const SQUASH_PAIRS = [
  "PR_TITLE PR_BODY",
  "PR_TITLE BLANK",
  "PR_TITLE COMMIT_MESSAGES",
  "COMMIT_OR_PR_TITLE COMMIT_MESSAGES",
];

/** Takes over what the body says of merging. Changes nothing where GitHub refuses any of it. */
export function changeMergeSettings(repository: Repository, body: JsonObject): void {
  const flag = (field: string, now: boolean): boolean => optionalBoolean(body, field) ?? now;
  const settings = {
    allowMergeCommit: flag("allow_merge_commit", repository.allowMergeCommit),
    allowSquashMerge: flag("allow_squash_merge", repository.allowSquashMerge),
    allowRebaseMerge: flag("allow_rebase_merge", repository.allowRebaseMerge),
    allowAutoMerge: flag("allow_auto_merge", repository.allowAutoMerge),
    allowUpdateBranch: flag("allow_update_branch", repository.allowUpdateBranch),
    deleteBranchOnMerge: flag("delete_branch_on_merge", repository.deleteBranchOnMerge),
    mergeWords: wordsIn(body, repository.mergeWords),
  };
  if (!settings.allowMergeCommit && !settings.allowSquashMerge && !settings.allowRebaseMerge) {
    const message = "Sorry, you need to allow at least one merge strategy. (no_merge_method)";
    throw validationFailed({
      resource: "Repository",
      code: "invalid",
      field: "merge_commit_allowed",
      message,
    });
  }
  Object.assign(repository, settings);
}

/** GitHub takes certain pairs of title and message only. */
function wordsIn(body: JsonObject, now: MergeWords): MergeWords {
  const words = {
    mergeCommitTitle: optionalString(body, "merge_commit_title") ?? now.mergeCommitTitle,
    mergeCommitMessage: optionalString(body, "merge_commit_message") ?? now.mergeCommitMessage,
    squashMergeCommitTitle: optionalString(body, "squash_merge_commit_title") ?? now.squashMergeCommitTitle,
    squashMergeCommitMessage:
      optionalString(body, "squash_merge_commit_message") ?? now.squashMergeCommitMessage,
  };
  checkPair("merge", MERGE_PAIRS, `${words.mergeCommitTitle} ${words.mergeCommitMessage}`);
  checkPair("squash", SQUASH_PAIRS, `${words.squashMergeCommitTitle} ${words.squashMergeCommitMessage}`);
  return words as MergeWords; // the pairs hold no other words
}

function checkPair(kind: "merge" | "squash", allowed: readonly string[], pair: string): void {
  if (allowed.includes(pair)) return;
  const list = allowed.map((one) => one.replace(" ", " and ")).join(", ");
  const subject = kind === "merge" ? "merge commit" : "squash merge commit";
  const message = `Sorry, invalid setting combination. The following are valid combinations for the ${subject} title and message: ${list}.`;
  throw validationFailed({
    resource: "Repository",
    code: "invalid",
    message: `${message} (invalid_${kind === "merge" ? "merge" : "squash_merge"}_commit_setting_combo)`,
  });
}
