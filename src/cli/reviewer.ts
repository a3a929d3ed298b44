/** The second person: looks at the pull requests that ask for a review, and approves, or says how to. */
import type { Display } from "./display.ts";
import { person } from "./http.ts";
import { PEOPLE, type Stage } from "./stage.ts";

export interface Reviewer {
  look(): Promise<void>;
  /** A pull request waits for somebody at the keyboard. */
  waiting(): boolean;
}

interface Pull {
  readonly number: number;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly requested_reviewers: readonly { readonly login: string }[];
}

export function createReviewer(stage: Stage, mode: "auto" | "wait", display: Display): Reviewer {
  const reviewer = person(stage.sandbox.url, stage.tokens.reviewer);
  const seen = new Set<string>();
  /** GitHub forgets a request once it was answered: whoever has reviewed looks at the heads that follow as well. */
  const asked = new Set<number>();
  let waiting = false;
  return {
    waiting: () => waiting,
    async look() {
      const pulls = await reviewer.get<Pull[]>(`/repos/${stage.name}/pulls`);
      waiting = mode === "wait" && pulls.some(asksFor);
      for (const pull of pulls.filter(asksFor)) asked.add(pull.number);
      for (const pull of pulls.filter(({ number }) => asked.has(number))) {
        const key = `${pull.number}@${pull.head.sha}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const path = `/repos/${stage.name}/pulls/${pull.number}/reviews`;
        const review = { event: "APPROVE", commit_id: pull.head.sha };
        if (mode === "auto") await reviewer.post(path, review);
        else {
          display.say(
            `approve with: curl -sS -X POST ${stage.sandbox.url}${path} ` +
              `-H 'authorization: token ${stage.tokens.reviewer}' -d '${JSON.stringify(review)}'`,
          );
        }
      }
    },
  };
}

const asksFor = (pull: Pull): boolean =>
  pull.requested_reviewers.some(({ login }) => login === PEOPLE.reviewer);
