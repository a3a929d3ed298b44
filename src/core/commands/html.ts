/**
 * HTML in one line of a comment, as far as it decides what readers see below it. GitHub puts Markdown's output through
 * an HTML parser, so a tag or an attribute that is left open takes in whole paragraphs after it. No parser of HTML
 * here: a line is harmless where nothing of it can stay open, and all other HTML is doubtful.
 */

/**
 * How the line is read. `text`: as a paragraph's first. `loose`: a line above it has backticks without partner, so what
 * is code here is not certain. `raw`: it may be within HTML, where backticks mean nothing.
 */
export type Reading = "text" | "loose" | "raw";

export type LineRead =
  /** Nothing stays open. `rest`: the line without its code; `next`: how the paragraph's next line is to be read. */
  | { readonly kind: "closed"; readonly rest: string; readonly next: Reading }
  /** `what`, such as `<details>`, may stay open at the line's end. */
  | { readonly kind: "open"; readonly what: string }
  /** All that comes after is hidden. */
  | { readonly kind: "comment" };

/** CommonMark's open tag, within one line. */
const OPEN_TAG =
  /<([A-Za-z][A-Za-z0-9-]*)(?:[ \t]+[A-Za-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^ \t"'=<>`]+|'[^']*'|"[^"]*"))?)*[ \t]*\/?>/y;
/** Without spaces before the bracket: some block rules of CommonMark do not see those that have some. */
const CLOSING_TAG = /<\/([A-Za-z][A-Za-z0-9-]*)>/y;
const AUTOLINK = /<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>`]*>/y;
const BACKTICKS = /`+/y;

/** Elements that have no end tag. */
const VOID = new Set(["br", "hr", "img", "input", "source", "wbr"]);
/** Beside tags these can make code, a link's address or a formula of an end tag, so that it ends nothing. */
const CAN_TAKE_IN = /[`[|$\\]/;
/** Renderers differ on where a comment ends that holds these, and on what is in it then. */
const BENDS_COMMENT = /[<`]|--/;

/** Whether CommonMark could begin a block of HTML with this line. */
export function beginsHtml(line: string): boolean {
  const bracket = /^ {0,3}<(?=[A-Za-z!?/])/.exec(line)?.[0].length;
  return bracket !== undefined && !matched(AUTOLINK, line, bracket - 1);
}

/** Reads a line in time that is in proportion to its length: whatever could be tried twice ends the reading. */
export function readLine(line: string, reading: Reading): LineRead {
  let next = reading;
  let rest = "";
  const tags: string[] = [];
  for (let index = 0; index < line.length; ) {
    const char = line.charAt(index);
    if (char === "`") {
      const run = matched(BACKTICKS, line, index)?.[0] ?? char;
      const code = next === "text" && line[index - 1] !== "\\";
      const end = code ? closingRun(line, index + run.length, run.length) : undefined;
      if (end === undefined) rest += run;
      if (end === undefined && next === "text") next = "loose";
      index = end ?? index + run.length;
      continue;
    }
    if (char !== "<" || !/[A-Za-z!?/]/.test(line.charAt(index + 1))) {
      rest += char;
      index += 1;
      continue;
    }
    const link = next === "raw" ? undefined : matched(AUTOLINK, line, index);
    const end = link ? index + link[0].length : endOfHtml(line, index, tags);
    if (typeof end !== "number") return end;
    // Where a line begins with a tag, its backticks may be no code.
    if (!link) next = "raw";
    rest += "<";
    index = end;
  }
  const [first] = tags;
  if (first !== undefined) return { kind: "open", what: `<${first}>` };
  if (next === "raw" && rest.includes("<") && CAN_TAKE_IN.test(rest)) return { kind: "open", what: "<…>" };
  return { kind: "closed", rest, next };
}

/** The place behind the tag or comment that begins here, with `tags`, those that are open, brought up to date. */
function endOfHtml(line: string, index: number, tags: string[]): number | LineRead {
  if (line.startsWith("<!--", index)) {
    const end = line.indexOf("-->", index + 2);
    return end < 0 || BENDS_COMMENT.test(line.slice(index + 4, end)) ? { kind: "comment" } : end + 3;
  }
  const opening = matched(OPEN_TAG, line, index);
  const tag = opening ?? matched(CLOSING_TAG, line, index);
  const name = tag?.[1]?.toLowerCase();
  const unclear: LineRead = { kind: "open", what: shown(line, index) };
  if (!tag || name === undefined) return unclear;
  if (opening && !VOID.has(name)) tags.push(name);
  // An end tag of something else than the last is not looked into.
  if (!opening && tags.pop() !== name) return unclear;
  return index + tag[0].length;
}

/** The place behind the next run of exactly `length` backticks. */
function closingRun(line: string, from: number, length: number): number | undefined {
  for (let index = line.indexOf("`", from); index >= 0; index = line.indexOf("`", index)) {
    const run = matched(BACKTICKS, line, index)?.[0].length ?? 1;
    index += run;
    if (run === length) return index;
  }
  return undefined;
}

function matched(pattern: RegExp, line: string, index: number): RegExpExecArray | undefined {
  pattern.lastIndex = index;
  return pattern.exec(line) ?? undefined;
}

const shown = (line: string, index: number): string =>
  /^<\/?[\w!?-]{0,20}/.exec(line.slice(index, index + 24))?.[0] ?? "<";
