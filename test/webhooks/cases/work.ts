/** The work is under way: runs, reviews and checks, each told of by a webhook of its own. */
import type { Json } from "../../../src/core/canonical.ts";
import type { End } from "../recording.ts";
import type { Scene } from "../scene.ts";
import { type Case, NOTHING, place } from "./case.ts";

/** Of a pull request's branch: the published payloads have one of their own. */
const ofBranch = (
  scene: Scene,
  event: string,
  action: string,
  index: number,
  changed: Record<string, Json>,
) => ({
  event,
  example: { action, index },
  changed: { ...place(scene), ...changed },
});

const BRANCH = "cairn/1-g1";
/** The pull request that the agent's work is published as. */
const PULL = 2;

const MERGE_END: End = {
  chain: [["settle implement as applied", "declare merge"]],
  markers: [{ type: "intent", edge: "merge", effects: ["merge"] }],
  labels: [],
  started: ["cairn.yml"],
  rests: "merging: a run to take up merge/1",
};

const approve = async (scene: Scene): Promise<void> => {
  await scene.reviewer.post(`${scene.repo}/pulls/${PULL}/reviews`, { event: "APPROVE" });
};

/** The work is published, and an earlier look has set the label for it. */
const inReview = async (scene: Scene): Promise<void> => {
  await scene.implement();
  await scene.look();
};

export const WORK: Readonly<Record<string, Case>> = {
  "run-completed": {
    title: "Cairn's own run has ended and the pull request is there: the issue is in review",
    scene: "A run has published the work and ended; its check is green, and nobody has reviewed it.",
    set: (scene) => scene.implement(),
    webhook: (scene) =>
      ofBranch(scene, "workflow_run", "completed", 1, {
        "workflow_run.path": ".github/workflows/cairn.yml",
        "workflow_run.display_title": "cairn #1 intent 3020000001",
      }),
    end: {
      ...NOTHING,
      labels: ["+cairn:reviewing", "-cairn:implementing"],
      rests: "reviewing: a review of 006000000000 by somebody with write access",
    },
  },
  "review-approves": {
    title: "A reviewer approves the head whose checks are green: implement is settled and the merge declared",
    scene: "The issue is in review, its required check is green; robin has approved the head.",
    async set(scene) {
      await inReview(scene);
      await approve(scene);
    },
    webhook: (scene) =>
      ofBranch(scene, "pull_request_review", "submitted", 1, {
        "pull_request.head.ref": BRANCH,
        "pull_request.number": PULL,
        "review.state": "approved",
      }),
    end: MERGE_END,
  },
  "checks-green": {
    title:
      "The last check of an approved head turns green: the same merge intent, whichever webhook it came by",
    scene: "The issue is in review, robin has approved the head, and its required check has just ended well.",
    async set(scene) {
      await inReview(scene);
      await approve(scene);
    },
    webhook: (scene) => ofBranch(scene, "check_suite", "completed", 0, { "check_suite.head_branch": BRANCH }),
    end: MERGE_END,
  },
  "review-asks-for-changes": {
    title: "A reviewer asks for changes: a round of fixing is declared, which says who and on which head",
    scene: "The issue is in review, its required check is green; robin has asked for changes.",
    async set(scene) {
      await inReview(scene);
      await scene.reviewer.post(`${scene.repo}/pulls/${PULL}/reviews`, {
        event: "REQUEST_CHANGES",
        body: "One name alone must work as before.",
      });
    },
    webhook: (scene) =>
      ofBranch(scene, "pull_request_review", "submitted", 1, {
        "pull_request.head.ref": BRANCH,
        "pull_request.number": PULL,
        "review.state": "changes_requested",
      }),
    end: {
      chain: [["settle implement as applied", "declare fix"]],
      markers: [{ type: "intent", edge: "fix", effects: ["agent.run", "branch.push", "review.request"] }],
      labels: ["+cairn:implementing", "-cairn:reviewing"],
      started: ["cairn.yml"],
      rests: "implementing: a run to take up fix/1",
    },
  },
  "merged-by-person": {
    title: "A person merges the pull request: the issue is done and closed, and no merge is declared",
    scene: "The issue was in review; robin approved, and maya merged by hand.",
    async set(scene) {
      await inReview(scene);
      await approve(scene);
      await scene.change(`/pulls/${PULL}/merge`, {}, "PUT");
    },
    webhook: (scene) =>
      ofBranch(scene, "pull_request", "closed", 0, {
        "pull_request.head.ref": BRANCH,
        "pull_request.number": PULL,
        "pull_request.merged": true,
      }),
    end: {
      ...NOTHING,
      labels: ["+cairn:done", "-cairn:reviewing"],
      rests: "done: nothing: #2 is merged as 003000000000",
    },
  },
};
