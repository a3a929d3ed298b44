/** What a case is made of. Its end is written by hand, before anything is recorded. */
import type { Json } from "../../../src/core/canonical.ts";
import type { End, Webhook } from "../recording.ts";
import type { Scene } from "../scene.ts";

export interface Case {
  readonly title: string;
  readonly scene: string;
  set(scene: Scene): Promise<void>;
  webhook(scene: Scene): Omit<Webhook, "delivery">;
  /** The same delivery comes again. */
  readonly twice?: true;
  readonly end: End;
}

/** The published payloads are of another repository, and most of another kind of webhook than an App's. */
export const place = ({ stage }: Scene): Record<string, Json> => ({
  installation: { id: stage.installation.id },
  "repository.owner.login": stage.name.split("/")[0] ?? "",
  "repository.name": stage.repository.name,
});

/** Somebody sets a label on the issue. */
export const labeled = (scene: Scene, label: string, more: Readonly<Record<string, Json>> = {}) => ({
  event: "issues",
  example: { action: "labeled", index: 0 },
  changed: { ...place(scene), "issue.number": scene.issue, "label.name": label, ...more },
});

export const NOTHING: End = { chain: [], markers: [], labels: [], started: [], rests: null };
