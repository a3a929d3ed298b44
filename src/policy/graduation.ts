/**
 * What Cairn would have merged, against what people merged, and whether that is enough to let it merge by itself. Pure:
 * of each pull request only what GitHub shows of it.
 */
import { isOfTrial, wordOf } from "../core/verdict.ts";

export interface Past {
  readonly number: number;
  /** What Cairn's check run on its last head says, and when it was completed (ms); `null`: there is none. */
  readonly verdict: { readonly says: string; readonly at: number | null } | null;
  /** ms; `null`: closed without a merge. */
  readonly mergedAt: number | null;
  readonly mergeSha: string | null;
  /** The last commit of the work itself: behind a merge commit it is on the base as well. */
  readonly headSha: string;
}

export type Sentence = "agreed" | "closed-instead" | "merged-anyway" | "reverted";

/** For people: what each proves. */
export const SENTENCES: Readonly<Record<Sentence, string>> = {
  agreed: "agreed: Cairn would have merged it, and people did",
  "closed-instead": "against: Cairn would have merged it, and people closed it",
  "merged-anyway": "against: people merged it, and Cairn would have left it",
  reverted: "against: it was merged, and reverted",
};

export interface Compared {
  readonly number: number;
  readonly is: Sentence;
  /** What Cairn's verdict was: a code of its gate. */
  readonly verdict: string;
}

export interface Score {
  readonly compared: readonly Compared[];
  readonly agreed: number;
  readonly against: number;
  /** Whether Cairn has shown that it decides as people do. */
  readonly ready: boolean;
}

/** Agreements that it takes. */
export const ENOUGH = 3;

/** Left to others, whatever the policy: no prediction. */
const NO_PREDICTION: ReadonlySet<string> = new Set(["synthetic", "in-merge-queue", "queue-left"]);

/** `messages`: of the base's commits since the first of them was merged. `here`: `owner/name`. */
export function scoreOf(past: readonly Past[], messages: readonly string[], here: string): Score {
  const compared = past.flatMap((pull): Compared[] => {
    const verdict = pull.verdict && wordOf(pull.verdict.says);
    // Under another policy nobody was asked to judge it, and nothing Cairn said then was a prediction.
    if (!verdict || !isOfTrial(pull.verdict.says) || NO_PREDICTION.has(verdict)) return [];
    const is = sentenceOf(pull, verdict, messages, here);
    return is === undefined ? [] : [{ number: pull.number, is, verdict }];
  });
  const agreed = compared.filter(({ is }) => is === "agreed").length;
  const against = compared.length - agreed;
  return { compared, agreed, against, ready: agreed >= ENOUGH && against === 0 };
}

/** `undefined`: neither would have merged it, and that proves nothing. */
function sentenceOf(
  pull: Past,
  verdict: string,
  messages: readonly string[],
  here: string,
): Sentence | undefined {
  const { mergedAt, verdict: shown } = pull;
  const would = verdict === "merge-shadow";
  if (mergedAt === null) return would ? "closed-instead" : undefined;
  if (isReverted(pull, messages, here)) return "reverted";
  // Said after people had merged it is no prediction; times are whole seconds.
  const at = shown?.at ?? null;
  return would && at !== null && at <= mergedAt ? "agreed" : "merged-anyway";
}

/** By git's own words, or GitHub's for the pull request that its button opens. */
function isReverted({ number, mergeSha, headSha }: Past, messages: readonly string[], here: string): boolean {
  const names = [`reverts ${here}#${number}`, `reverts #${number}`].map((name) => name.toLowerCase());
  return messages.some((message) => {
    const isNamed = (sha: string | null): boolean =>
      sha !== null && message.includes(`This reverts commit ${sha}`);
    if (isNamed(mergeSha) || isNamed(headSha)) return true;
    const lines = message.split("\n").map((line) => line.trim().replace(/\.$/, "").toLowerCase());
    return names.some((name) => lines.includes(name));
  });
}
