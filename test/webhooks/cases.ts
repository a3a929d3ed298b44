/** The cases that are recorded: scene, webhook and end. The end is written here, before anything is recorded. */
import { PEOPLE } from "../../src/cli/stage.ts";
import type { Json } from "../../src/core/canonical.ts";
import type { End, Webhook } from "./recording.ts";
import type { Scene } from "./scene.ts";

export interface Case {
  readonly title: string;
  readonly scene: string;
  set(scene: Scene): Promise<void>;
  webhook(scene: Scene): Omit<Webhook, "delivery">;
  /** The same delivery comes again. */
  readonly twice?: true;
  readonly end: End;
}

const labeled = (scene: Scene, label: string, more: Readonly<Record<string, Json>> = {}) => ({
  event: "issues",
  example: { action: "labeled", index: 0 },
  changed: { ...place(scene), "issue.number": scene.issue, "label.name": label, ...more },
});

/** The published payloads are of another repository, and most of another kind of webhook than an App's. */
const place = ({ stage }: Scene): Record<string, Json> => ({
  installation: { id: stage.installation.id },
  "repository.owner.login": stage.name.split("/")[0] ?? "",
  "repository.name": stage.repository.name,
});

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

const INTENT = {
  type: "intent",
  edge: "implement",
  effects: ["agent.run", "branch.create", "pull.create", "review.request"],
};
const NOTHING: End = { chain: [], markers: [], labels: [], started: [], rests: null };
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

export const CASES: Readonly<Record<string, Case>> = {
  "label-by-maintainer": {
    title: "A maintainer sets `cairn:ready`: the work is declared, announced, labelled and started",
    scene: "An open issue without comments; maya, who may administrate, has set the label.",
    set: (scene) => scene.label("cairn:ready"),
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: {
      chain: [["raise", "declare implement"]],
      markers: [INTENT],
      labels: ["+cairn:implementing", "-cairn:ready"],
      started: ["cairn.yml"],
      rests: "implementing: a run to take up implement/1",
    },
  },
  "label-without-right": {
    title: "Somebody who may set labels and nothing else sets `cairn:ready`: refused, and said once",
    scene: "An open issue; oda, whose role is triage, has set the label.",
    async set(scene) {
      scene.stage.sandbox.addCollaborator(scene.stage.repository, PEOPLE.outsider, "triage");
      await scene.label("cairn:ready", scene.outsider);
    },
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: {
      ...NOTHING,
      chain: [["refuse"]],
      markers: [
        {
          type: "refusal",
          reason: "no-right",
          detail: "@oda set cairn:ready; that needs write access to this repository",
        },
      ],
      rests: "idle: somebody to set cairn:ready",
    },
  },
  "hold-by-maintainer": {
    title: "A maintainer sets `cairn:hold` before a run took up the work: the intent is withdrawn",
    scene:
      "The work is declared, announced, labelled and started; no run has claimed it. maya has set the label.",
    async set(scene) {
      await scene.label("cairn:ready");
      await scene.look();
      await scene.label("cairn:hold");
    },
    webhook: (scene) => labeled(scene, "cairn:hold"),
    end: {
      ...NOTHING,
      chain: [["seal (act)", "hold (asked)"]],
      markers: [{ type: "hold", reason: "asked", detail: "by @maya" }],
      labels: ["-cairn:implementing"],
      rests:
        "hold: Somebody set `cairn:hold`. Nothing is wrong; go on whenever you like. Then set cairn:ready again.",
    },
  },
  "configuration-broken": {
    title: "`.github/cairn.yml` cannot be used: a hold that says where, and nothing is started",
    scene: "An open issue with the label; in the configuration's third line a word is not known.",
    async set(scene) {
      await scene.configure("agent:\n  command: sh tools/agent.sh\nmerge: sometimes\n");
      await scene.label("cairn:ready");
    },
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: {
      ...NOTHING,
      chain: [["hold (config-invalid)"]],
      markers: [
        {
          type: "hold",
          reason: "config-invalid",
          detail: ".github/cairn.yml:3:8: 'merge' must be one of: never, on-green-with-review",
        },
      ],
      labels: ["+cairn:hold", "-cairn:ready"],
      rests:
        "hold: `.github/cairn.yml` on the default branch cannot be used. Correct the file. Then set cairn:ready again.",
    },
  },
  "configuration-missing": {
    title: "There is no `.github/cairn.yml`: the defaults, so nobody is asked for a review",
    scene: "An open issue with the label, in a repository without the configuration.",
    async set(scene) {
      await scene.configure(undefined);
      await scene.label("cairn:ready");
    },
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: {
      chain: [["raise", "declare implement"]],
      markers: [{ ...INTENT, effects: ["agent.run", "branch.create", "pull.create"] }],
      labels: ["+cairn:implementing", "-cairn:ready"],
      started: ["cairn.yml"],
      rests: "implementing: a run to take up implement/1",
    },
  },
  "closed-issue": {
    title: "`cairn:ready` on a closed issue: nothing is done before somebody reopens it",
    scene: "A closed issue; maya has set the label behind its end.",
    async set(scene) {
      await scene.change(`/issues/${scene.issue}`, { state: "closed" });
      await scene.label("cairn:ready");
    },
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: { ...NOTHING, rests: "ready: the issue to be reopened" },
  },
  "other-label": {
    title: "A label that means nothing to Cairn: the issue and its events are read, and nothing is done",
    scene: "An open issue; maya has set `bug`.",
    set: (scene) => scene.label("bug"),
    webhook: (scene) => labeled(scene, "bug"),
    end: { ...NOTHING, rests: "idle: somebody to set cairn:ready" },
  },
  "own-label": {
    title: "The app's own label comes back as a webhook: nothing is asked",
    scene: "An open issue; the payload's sender is the app's bot.",
    set: async () => undefined,
    webhook: (scene) =>
      labeled(scene, "cairn:implementing", {
        "sender.id": scene.stage.app.app.botId,
        "sender.login": "cairn[bot]",
        "sender.type": "Bot",
      }),
    end: NOTHING,
  },
  "comment-by-person": {
    title: "Somebody comments on the issue: nothing is asked, as comments command nothing",
    scene: "An open issue with a comment by maya.",
    async set({ maintainer, repo, issue }) {
      await maintainer.post(`${repo}/issues/${issue}/comments`, { body: "/cairn ready, please" });
    },
    webhook: (scene) => ({
      event: "issue_comment",
      example: { action: "created", index: 0 },
      changed: { ...place(scene), "issue.number": scene.issue, "comment.body": "/cairn ready, please" },
    }),
    end: NOTHING,
  },
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
      rests: "reviewing: a review of 004000000000 by somebody with write access",
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
    title: "A reviewer asks for changes: a hold that names the reviewer",
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
      ...NOTHING,
      chain: [["settle implement as applied", "hold (changes-requested)"]],
      markers: [{ type: "hold", reason: "changes-requested", detail: "by @robin on #2" }],
      labels: ["+cairn:hold", "-cairn:reviewing"],
      rests:
        "hold: A reviewer asked for changes. Put what the review asks for into the issue's text. Then set cairn:ready again.",
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
  "same-delivery-twice": {
    title: "The same delivery comes twice: the second look finds everything done, and waits",
    scene:
      "As in label-by-maintainer; GitHub sends the delivery again under the same GUID, when a run has begun.",
    set: (scene) => scene.label("cairn:ready"),
    webhook: (scene) => labeled(scene, "cairn:ready"),
    twice: true,
    end: {
      chain: [["raise", "declare implement"]],
      markers: [INTENT],
      labels: ["+cairn:implementing", "-cairn:ready"],
      started: ["cairn.yml"],
      rests: "implementing: run 17300000001 (in_progress) to claim implement/1",
    },
  },
  "installation-added": {
    title: "The app is installed on an account: nothing is asked; the next sweep finds what is there",
    scene: "A new installation.",
    set: async () => undefined,
    webhook: ({ stage }) => ({
      event: "installation",
      example: { action: "created", index: 0 },
      changed: { "installation.id": stage.installation.id },
    }),
    end: NOTHING,
  },
  "repository-added": {
    title: "A repository is added to the installation: nothing is asked; the next sweep finds what is there",
    scene: "A repository more.",
    set: async () => undefined,
    webhook: ({ stage }) => ({
      event: "installation_repositories",
      example: { action: "added", index: 0 },
      changed: { "installation.id": stage.installation.id },
    }),
    end: NOTHING,
  },
};
