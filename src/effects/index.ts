/** Every effect and every signal: one file for each, and no other way to change anything on GitHub. */
export { releaseAgent } from "./agent-run.ts";
export { branchCreateHandler, ForeignBranch } from "./branch-create.ts";
export { branchUpdateHandler } from "./branch-update.ts";
export { blobsOf, commitPatch, type PatchedFile, PublishRefused, type VerifiedTree } from "./commit-patch.ts";
export { mergeHandler } from "./merge.ts";
export { readBranch, readPulls, viewPull } from "./published.ts";
export { pullCloseHandler } from "./pull-close.ts";
export { pullCreateHandler } from "./pull-create.ts";
export { reviewRequestHandler } from "./review-request.ts";
export { alarm } from "./signals/alarm.ts";
export { announce } from "./signals/announce.ts";
export { closeIssue } from "./signals/issue-close.ts";
export { setLabels } from "./signals/labels.ts";
export { writeNote } from "./signals/note.ts";
export { react } from "./signals/react.ts";
export { cancelRun } from "./signals/run-cancel.ts";
export { startRun } from "./signals/start.ts";
