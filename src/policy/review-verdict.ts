/**
 * What a review command says: JSON of its own, then a review of the pull request that Cairn writes from it and reads back.
 * It is the word of a program that nobody vouches for: there is a way to object in it, and none to approve.
 */
import { z } from "zod";
import type { AppIdentity } from "../core/acts.ts";
import { inertText } from "../core/commands/inert.ts";
import { trailerOf } from "../core/keys.ts";
import { oneLine, quoted } from "../core/quoted.ts";
import type { EffectOf } from "../core/words.ts";
import type { PullInfo, ReviewInfo } from "../github/ports.ts";

/** Bytes of a verdict's file that are read. */
export const LONGEST_VERDICT = 65_536;

export const verdictSchema = z
  .strictObject({
    verdict: z
      .enum(["no-objection", "changes"])
      .describe("`changes`: this head is not to be merged as it is."),
    summary: z.string().trim().min(1).max(2_000).describe("For whoever reads the pull request."),
    findings: z
      .array(
        z.strictObject({
          path: z.string().regex(/^[^/]/).max(400).describe("From the repository's top."),
          line: z.int().min(1).optional().describe("In the file as it is at this head."),
          words: z.string().trim().min(1).max(1_000).describe("What is wrong there, or what is to be done."),
        }),
      )
      .max(50)
      .default([])
      .describe("What is to be mended, place by place."),
  })
  .refine(({ verdict, findings }) => verdict !== "changes" || findings.length > 0, {
    message: "`changes` needs at least one finding",
    path: ["findings"],
  });

export type ReviewVerdict = z.output<typeof verdictSchema>;

/** Reads what the command wrote. Never throws; `why`: one line. */
export function parseVerdict(text: string): ReviewVerdict | { readonly why: string } {
  if (Buffer.byteLength(text) > LONGEST_VERDICT) return { why: `it is longer than ${LONGEST_VERDICT} bytes` };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { why: oneLine(`it is not JSON: ${(error as Error).message}`) };
  }
  const parsed = verdictSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  return { why: oneLine(`${where}${issue?.message ?? "it cannot be read"}`) };
}

/** The line under a review that says what it comes to. */
const VERDICT = "Cairn-Verdict";
const HEADLINES = { "no-objection": "no objection", changes: "changes are asked for" } as const;

/** Text of the review. Words of the command stand as code, so that they mention and link nobody. */
export function reviewText(
  { verdict, summary, findings }: ReviewVerdict,
  { key }: EffectOf<"review.post">,
): string {
  return inertText(
    [
      `**The review command: ${HEADLINES[verdict]}.**`,
      "",
      quoted(summary),
      ...(findings.length > 0 ? [""] : []),
      ...findings.map(({ path, line, words }) => {
        const place = line === undefined ? path : `${path}:${line}`;
        return `- ${quoted(place)}: ${quoted(words)}`;
      }),
      "",
      "It is a program's word: it approves nothing.",
      "",
      "<!--",
      trailerOf(key),
      `${VERDICT}: ${verdict}`,
      "-->",
    ].join("\n"),
  );
}

interface Posted {
  readonly review: ReviewInfo;
  readonly verdict: ReviewVerdict["verdict"];
}

/** What the command said of the pull request's head, by the app's own last review of it; `undefined`: nothing. */
export function verdictOn(
  reviews: readonly ReviewInfo[],
  { number, headSha }: Pick<PullInfo, "number" | "headSha">,
  { botId }: AppIdentity,
): Posted | undefined {
  const key = `review.post:pull/${number}@${headSha}#`;
  for (const review of reviews.toReversed()) {
    if (review.author?.id !== botId || review.commitId !== headSha) continue;
    const lines = review.body.split(/\r?\n/);
    if (!lines.some((line) => line.startsWith(trailerOf(key)))) continue;
    const said = lines.findLast((line) => line.startsWith(`${VERDICT}: `))?.slice(VERDICT.length + 2);
    if (said === "no-objection" || said === "changes") return { review, verdict: said };
  }
  return undefined;
}

/** Words for an objection; `undefined`: there is none. */
export const objectionIn = (posted: Posted | undefined): string | undefined =>
  posted?.verdict === "changes" ? `by the review command, in review ${posted.review.id}` : undefined;
