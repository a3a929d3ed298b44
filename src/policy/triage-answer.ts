/**
 * What a triage command gets, and what it may say: JSON both. Its answer is the word of a program that nobody vouches for.
 * It can ask a question and add to the text; there is no way in it to take what the rules refuse.
 */
import { z } from "zod";
import { LONGEST_QUESTION } from "../core/holds.ts";
import { oneLine } from "../core/quoted.ts";

/** Bytes of an answer's file that are read. */
export const LONGEST_ANSWER = 65_536;

const inputSchema = z.strictObject({
  version: z.literal(1).describe("Of this shape."),
  repository: z.string().describe("`owner/name`."),
  number: z.int().min(1).describe("The issue's number."),
  title: z.string(),
  body: z.string().describe("Markdown, as its author wrote it."),
  labels: z.array(z.string()).describe("Names, as they were when the run began."),
  answers: z
    .array(z.strictObject({ author: z.string().describe("A login."), body: z.string() }))
    .describe(
      "Comments that belong to the text, as they answer what Cairn has asked about it; oldest first.",
    ),
});

export type TriageInput = z.output<typeof inputSchema>;

const text = (longest: number) => z.string().trim().min(1).max(longest);
const estimate = text(200)
  .describe("How much work it is, in words of its own. Shown to people; nothing follows from it.")
  .optional();

const answerSchema = z.discriminatedUnion("verdict", [
  z
    .strictObject({
      verdict: z.literal("take"),
      specification: text(32_768).describe("Goes to the agent beside the issue, as data.").optional(),
      estimate,
    })
    .describe("Nothing is missing."),
  z
    .strictObject({
      verdict: z.literal("ask"),
      question: text(LONGEST_QUESTION).describe(
        "What is missing. People get it in one comment, as one line of code.",
      ),
      estimate,
    })
    .describe("The issue is not taken until somebody answers, edits the text, or asks for it as it stands."),
]);

export type TriageAnswer = z.output<typeof answerSchema>;

/** Reads what the command wrote. Never throws; `why`: one line. */
export function parseAnswer(bytes: Uint8Array): TriageAnswer | { readonly why: string } {
  if (bytes.byteLength > LONGEST_ANSWER) return { why: `it is longer than ${LONGEST_ANSWER} bytes` };
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // The parser's words would quote what stands there.
    return { why: error instanceof SyntaxError ? "it is not JSON" : "it is not UTF-8" };
  }
  const parsed = answerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  return { why: oneLine(`${where}${issue?.message ?? "it cannot be read"}`) };
}

const URL = "https://raw.githubusercontent.com/cairn-dev/cairn/v1/docs";

/** Both shapes as JSON Schema, by the name of their file under `docs/`. */
export const TRIAGE_SCHEMAS: Readonly<Record<string, object>> = {
  "triage-input.schema.json": {
    $id: `${URL}/triage-input.schema.json`,
    title: "What Cairn gives a triage command",
    ...z.toJSONSchema(inputSchema),
  },
  "triage-answer.schema.json": {
    $id: `${URL}/triage-answer.schema.json`,
    title: "What a triage command answers",
    ...z.toJSONSchema(answerSchema, { io: "input" }),
  },
};
