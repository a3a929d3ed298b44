/**
 * The end of what a command printed, for people who read a comment and for an agent that mends the work: without
 * control characters, without what looks like a secret, and bounded.
 */
import { oneLine } from "../src/core/quoted.ts";

/** Characters of the log that are kept. */
const LOG_LIMIT = 16_384;
/** Characters of the one line about it, as many as a marker's detail holds. */
const DETAIL_LIMIT = 400;
/** Characters of that line that the command and its end may take. */
const HEAD_LIMIT = 160;

/** Colours and cursor movements (ECMA-48), and whatever else is no text. */
const CONTROLS = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007]*\u0007|[^\P{Cc}\n\t]/gu;

/** How tokens of GitHub and of others look, and words behind which a secret stands. */
const LOOKS_SECRET = [
  /\b(?:gh[a-z]_|github_pat_)\w{16,}/g,
  /\b(?:npm_|sk-|xox[a-z]-|AKIA|glpat-)[\w-]{16,}/g,
  /\beyJ[\w-]{8,4000}\.[\w-]{8,4000}\.[\w-]*/g,
  /(?<=:\/\/)[^\s/:@]+:[^\s/@]+(?=@)/g,
  /(?<=(?<![a-z])(?:bearer|basic)\s)[^\s"',]{8,}/gi,
  /(?<=(?:token|passw(?:or)?d|secret|key)["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',]{8,}/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** What the runner shows instead of a secret. */
const HIDDEN = "***";

/** The text with nothing in it that should not be told. `secrets`: values that are known, longer ones first. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets
    .toSorted((one, other) => other.length - one.length)
    .reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  return LOOKS_SECRET.reduce((rest, pattern) => rest.replaceAll(pattern, HIDDEN), known);
}

/** A code block that no text inside can end. */
export const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");

export interface LogTail {
  add(line: string): void;
  /** What was printed last, at most `LOG_LIMIT` characters. */
  log(): string;
  /** `head`, and behind it as much of the log's end as one line holds. */
  detail(head: string): string;
}

export function createLogTail(secrets: readonly string[]): LogTail {
  let lines: string[] = [];
  let size = 0;
  const clean = (): string => withoutSecrets(lines.join("\n").replaceAll(CONTROLS, ""), secrets);
  const log = (): string => clean().slice(-LOG_LIMIT);
  return {
    add(line) {
      lines.push(line);
      size += line.length + 1;
      if (size <= 4 * LOG_LIMIT) return;
      // Half a secret would not look like one any more: they go before anything is cut.
      const text = clean().slice(-2 * LOG_LIMIT);
      lines = [text];
      size = text.length;
    },
    log,
    detail(head) {
      const start = oneLine(head, HEAD_LIMIT);
      const end = oneLine(log(), LOG_LIMIT);
      if (end === "") return start;
      const room = DETAIL_LIMIT - start.length - 2;
      return `${start}: ${end.length <= room ? end : `…${end.slice(1 - room)}`}`;
    },
  };
}
