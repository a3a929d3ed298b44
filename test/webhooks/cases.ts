/** The cases that are recorded: scene, webhook and end. The end is written here, before anything is recorded. */
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

export const CASES: Readonly<Record<string, Case>> = {
  "label-by-maintainer": {
    title: "A maintainer sets `cairn:ready`: the work is declared, announced, labelled and started",
    scene: "An open issue without comments; maya, who may administrate, has set the label.",
    set: (scene) => scene.label("cairn:ready"),
    webhook: (scene) => labeled(scene, "cairn:ready"),
    end: {
      chain: [["raise", "declare implement"]],
      markers: [
        {
          type: "intent",
          edge: "implement",
          effects: ["agent.run", "branch.create", "pull.create", "review.request"],
        },
      ],
      labels: ["+cairn:implementing", "-cairn:ready"],
      started: ["cairn.yml"],
      rests: "implementing: a run to take up implement/1",
    },
  },
};
