/** People set labels: what Cairn is asked by. */
import { PEOPLE } from "../../../src/cli/stage.ts";
import { type Case, labeled, NOTHING, place } from "./case.ts";

const INTENT = {
  type: "intent",
  edge: "implement",
  effects: ["agent.run", "branch.create", "pull.create", "review.request"],
};
const HOLD = "/cairn hold wait for the release";

export const LABELS: Readonly<Record<string, Case>> = {
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
          detail:
            "@oda set cairn:ready; `ready` needs write permission on this repository, and oda has triage. Somebody with write permission can do it.",
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
        "hold: Somebody asked for a hold. Nothing is wrong; go on whenever you like. Then set cairn:ready again.",
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
          detail:
            ".github/cairn.yml:3:8: 'merge': found \"sometimes\"; allowed: one of: never, shadow, on-green-with-review",
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
  "command-by-maintainer": {
    title:
      "A command to hold, in a comment: its edits are asked for, a reaction answers at once, and the issue is held",
    scene: "An open issue with a comment by maya.",
    async set({ maintainer, repo, issue }) {
      await maintainer.post(`${repo}/issues/${issue}/comments`, { body: HOLD });
    },
    webhook: (scene) => ({
      event: "issue_comment",
      example: { action: "created", index: 0 },
      changed: { ...place(scene), "issue.number": scene.issue, "comment.body": HOLD },
    }),
    end: {
      chain: [["hold (asked)"]],
      markers: [{ type: "hold", reason: "asked", detail: "by @maya: wait for the release" }],
      labels: ["+cairn:hold"],
      started: [],
      rests:
        "hold: Somebody asked for a hold. Nothing is wrong; go on whenever you like. Then set cairn:ready again.",
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
};
