/** A recording as it stands in `recordings/`: a webhook, what the app asked GitHub behind it, and where that ends. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Json } from "../../src/core/canonical.ts";

export const FOLDER = join(import.meta.dirname, "recordings");

/** What every app asks when it starts, before any webhook: `start.json`. */
export const START = "start";

/** In the place of every installation token. */
export const TOKEN = "ghs_token_of_the_installation";

/** In an answer, in the place of a message that GitHub gave back as it was sent. */
export const AS_SENT = "as sent";

/** A published payload (`@octokit/webhooks-examples`), and the fields that were changed in it. */
export interface Webhook {
  readonly event: string;
  /** GUID in `x-github-delivery`. */
  readonly delivery: string;
  /** `index` counts the published examples of this event and action. */
  readonly example: { readonly action: string; readonly index: number };
  /** By path, as `issue.number`. All that is not named here is as published. */
  readonly changed: Readonly<Record<string, Json>>;
}

export interface Exchange {
  /** Requests of one round were asked side by side, before any of them was answered. */
  readonly round: number;
  /** Method and path with query. */
  readonly request: string;
  /** Whose credentials it carries: the App's JWT, nobody's; left out: the installation's token. */
  readonly as?: "app" | "nobody";
  readonly body?: Json;
  readonly status: number;
  /** `Date` of the answer, where it is not that of the whole recording. */
  readonly date?: string;
  readonly link?: string;
  /** In readable form (`readable.ts`), only with the fields that the app reads (`answers.ts`). */
  readonly answer?: Json;
}

/** What it all comes to, said before it was recorded. */
export interface End {
  /** Steps of each commit that the chain went on by. */
  readonly chain: readonly (readonly string[])[];
  /** Comments, by what tells one marker from another. */
  readonly markers: readonly Readonly<Record<string, Json>>[];
  /** `+name` set, `-name` taken away, in order. */
  readonly labels: readonly string[];
  /** Workflow files for which a run was started. */
  readonly started: readonly string[];
  /** What the app then waits for; `null`: it looked at nothing. */
  readonly rests: string | null;
}

export interface Recording {
  readonly title: string;
  /** What GitHub held when the webhook came. */
  readonly scene: string;
  readonly webhook: Webhook;
  readonly end: End;
  /** `Date` of all answers, unless one names another. Times are whole minutes around the delivery. */
  readonly date: string;
  readonly exchanges: readonly Exchange[];
  /** The same delivery came once more, when the app was idle again, and led to these. */
  readonly again?: readonly Exchange[];
  /** Markers by the names that stand in their place above (`names.ts`). */
  readonly markers: Readonly<Record<string, Json>>;
}

export interface StartRecording {
  readonly title: string;
  readonly scene: string;
  readonly date: string;
  readonly exchanges: readonly Exchange[];
}

export const read = <T>(name: string): T =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as T;

export const recorded = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"))
    .filter((name) => name !== START)
    .sort();

/** Whose credentials a request carries, by its `Authorization`. */
export function callerOf(authorization: string | null): Pick<Exchange, "as"> {
  if (authorization === null) return { as: "nobody" };
  return authorization.startsWith("token ghs_") ? {} : { as: "app" };
}
