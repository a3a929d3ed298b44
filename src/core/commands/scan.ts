/**
 * Finds the lines of a comment that are commands: those that stand in the first column and that every reader sees as a
 * line of the comment, written by its author.
 *
 * No Markdown parser, but as many of CommonMark's block rules as it takes to be sure. What surely is no line of the
 * comment (code, a quote, an HTML comment) is passed over in silence; where it is not certain what a reader sees, the
 * line is told with the reason, and does not count: a command too few is asked for again, one too many is done.
 *
 * Only lines in the first column matter, and that makes it simple: such a line ends every list, footnote and indented
 * block above it, and it can be within nothing but
 *   - a fence, an HTML block or an HTML comment that began at the top level;
 *   - the paragraph that goes on from the line above it (lazily: of a quote or a list), with whatever is open in it;
 *   - an element that HTML above it has left open.
 */
import { beginsHtml, type LineRead, type Reading, readLine } from "./html.ts";

export interface Candidate {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** Why it does not count. `null`: it does. */
  readonly doubt: string | null;
}

type Block =
  | { readonly kind: "text" }
  /** Code at the top level, up to a fence as long. */
  | { readonly kind: "fence"; readonly code: Code }
  /** Code at the top level or in a list: which of the two, decides where it ends. */
  | { readonly kind: "inner-fence"; readonly code: Code; readonly line: number }
  /** An HTML comment that began in the first column. */
  | { readonly kind: "comment" }
  /** Taken for HTML, up to an empty line. */
  | { readonly kind: "html"; readonly line: number }
  /** Nothing counts any more. `why`: `null` where nobody wonders. */
  | { readonly kind: "lost"; readonly why: string | null };

interface Code {
  readonly mark: string;
  readonly length: number;
  readonly indent: number;
}

/** What stands directly above, in the same paragraph. */
type Above =
  | { readonly kind: "nothing" | "plain" }
  | { readonly kind: "quote"; readonly reading: Reading }
  | { readonly kind: "doubt"; readonly line: number; readonly reading: Reading };

interface State {
  readonly block: Block;
  readonly above: Above;
}

const TEXT: Block = { kind: "text" };
const NOTHING: Above = { kind: "nothing" };
const FRESH: State = { block: TEXT, above: NOTHING };

const BLANK = /^[ \t]*$/;
const ATX_HEADING = /^#{1,6}(?:[ \t]|$)/;
const RULE = /^(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const QUOTE = /^ {0,3}>/;
const LIST_ITEM = /^(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
/** What can begin a link, HTML, a table, a formula or struck-out text, and end in a later line. */
const CAN_GO_ON = /[`<[|$~]/;
/** Makes a table of the line above it. */
const TABLE_RULE = /^[:|\- \t]+$/;

/** Lines end as CommonMark ends them. */
export const linesOf = (body: string): readonly string[] => body.split(/\r\n|\n|\r/);

/** All lines of a comment's body that look like a command and are not surely code, quoted or hidden. */
export function commandLines(body: string): readonly Candidate[] {
  const found: Candidate[] = [];
  let state = FRESH;
  for (const [index, text] of linesOf(body).entries()) {
    const line = index + 1;
    const place = isCommandLike(text) ? placeIn(state) : "none";
    if (place !== "none") found.push({ line, text, doubt: place.doubt });
    state = after(state, text, line);
  }
  return found;
}

/** What a line in the first column is here. `none`: surely no line of the comment. */
function placeIn({ block, above }: State): "none" | Pick<Candidate, "doubt"> {
  switch (block.kind) {
    case "fence":
    case "comment":
      return "none";
    case "inner-fence":
      return { doubt: innerFenceWords(block.line) };
    case "html":
      return { doubt: `line ${block.line} above it is HTML, or looks like it; ${LEAVE_SPACE}` };
    case "lost":
      return block.why === null ? "none" : { doubt: block.why };
    case "text":
      break;
  }
  switch (above.kind) {
    case "quote":
      return "none";
    case "doubt":
      return {
        doubt: `line ${above.line} above it may go on in it, as a list, a table, a link or code does; ${LEAVE_SPACE}`,
      };
    case "nothing":
    case "plain":
      return { doubt: null };
  }
}

const LEAVE_SPACE = "leave an empty line before the command";
const ABOVE_IT = "write the command above that line, or into a comment of its own";
const innerFenceWords = (line: number): string =>
  `line ${line} begins code that is indented, and where it ends is not certain; ${ABOVE_IT}`;

/** The state below a line. */
function after(state: State, text: string, line: number): State {
  const { block } = state;
  switch (block.kind) {
    case "lost":
      return state;
    case "fence":
      return fenceOf(text, block.code).ends && indentOf(text) <= 3 ? FRESH : state;
    case "inner-fence":
      return afterInnerFence(state, block, text);
    case "comment":
      return afterComment(text, line, 0);
    case "html":
      return BLANK.test(text) ? FRESH : afterHtml(text, line, block.line);
    case "text":
      return BLANK.test(text) ? FRESH : afterText(state.above, text, line);
  }
}

/** Columns at the begin of a line: a tab leads to the fourth at least. */
function indentOf(text: string): number {
  const space = /^[ \t]*/.exec(text)?.[0] ?? "";
  return space.includes("\t") ? Math.max(4, space.length) : space.length;
}

/** Code that begins with this line. */
function codeOf(text: string): Code | undefined {
  const indent = indentOf(text);
  const mark = text.charAt(indent);
  if (indent > 3 || (mark !== "`" && mark !== "~")) return undefined;
  const { length, info } = fenceOf(text, { mark, length: 3 });
  if (length < 3 || (mark === "`" && info.includes("`"))) return undefined;
  return { mark, length, indent };
}

/** The run of `mark` that a line begins with, and whether it can end code of that fence, wherever it stands. */
function fenceOf(
  text: string,
  fence: Pick<Code, "mark" | "length">,
): { readonly length: number; readonly info: string; readonly ends: boolean } {
  const own = text.replace(/^[ \t]+/, "");
  let length = 0;
  while (own[length] === fence.mark) length += 1;
  const info = own.slice(length);
  return { length, info, ends: length >= fence.length && BLANK.test(info) };
}

/** Code that is indented as far as its fence, and ends with a fence that is, ends there in a list and outside of one. */
function afterInnerFence(state: State, { code, line }: Block & { kind: "inner-fence" }, text: string): State {
  if (BLANK.test(text)) return state;
  const indent = indentOf(text);
  const { ends } = fenceOf(text, code);
  if (indent < code.indent || (ends && indent > 3)) return lost(innerFenceWords(line));
  return ends ? FRESH : state;
}

/** Within an HTML comment from `from` on. */
function afterComment(text: string, line: number, from: number): State {
  const end = text.indexOf("-->", from);
  // An HTML parser ends a comment here, Markdown does not: between the two anything can be.
  if (text.slice(from, end < 0 ? undefined : end + 3).includes("--!>")) return lost(null);
  if (end < 0) return { block: { kind: "comment" }, above: NOTHING };
  const read = readLine(text.slice(end + 3), "raw");
  return read.kind === "closed" ? FRESH : leftOpen(read, line);
}

/** In what may be a block of HTML: there no fence is one, and elsewhere it is. */
function afterHtml(text: string, line: number, from: number): State {
  if (codeOf(text)) return lost(`line ${from} may be HTML, and code begins below it; ${ABOVE_IT}`);
  const read = readLine(text, "raw");
  if (read.kind !== "closed") return leftOpen(read, line);
  return { block: { kind: "html", line: from }, above: NOTHING };
}

function afterText(above: Above, text: string, line: number): State {
  const reading = "reading" in above ? above.reading : "text";
  const code = codeOf(text);
  if (code) {
    if (code.indent === 0) return { block: { kind: "fence", code }, above: NOTHING };
    // Within HTML that stands in a list, no fence is one.
    return reading === "raw"
      ? lost(innerFenceWords(line))
      : { block: { kind: "inner-fence", code, line }, above: NOTHING };
  }
  if (text.startsWith("<!--")) return afterComment(text, line, 2);
  if (beginsHtml(text)) return afterHtml(text, line, line);
  const read = readLine(text, reading);
  if (read.kind !== "closed") return leftOpen(read, line);
  if (ATX_HEADING.test(text) || RULE.test(text)) return FRESH;
  if (above.kind === "quote" || QUOTE.test(text)) return below({ kind: "quote", reading: read.next });
  if (above.kind === "doubt") return below({ ...above, reading: read.next });
  const goesOn =
    /^[ \t]/.test(text) || LIST_ITEM.test(text) || TABLE_RULE.test(text) || CAN_GO_ON.test(read.rest);
  return below(goesOn ? { kind: "doubt", line, reading: read.next } : { kind: "plain" });
}

const below = (above: Above): State => ({ block: TEXT, above });

const lost = (why: string | null): State => ({ block: { kind: "lost", why }, above: NOTHING });

const leftOpen = (read: LineRead, line: number): State =>
  lost(
    read.kind === "open"
      ? `line ${line} has \`${read.what}\`, which may not end on that line; ${ABOVE_IT}`
      : null,
  );

/** How far into a line its first word is looked for. */
const HEAD = 64;
/** Characters that nobody sees: what is left out of a line before it is compared, and never before it is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** Whether a reader could take the line for a command. Whether it is one is the parser's to say. */
export function isCommandLike(text: string): boolean {
  const head = text.slice(0, HEAD).replaceAll("\t", " ").replaceAll(UNSEEN, "");
  return /^\/cairn(?:\s|$)/i.test(head);
}
