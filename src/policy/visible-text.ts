/**
 * The lines of an issue's text without its HTML comments, by CommonMark's rules for code and comments: what stands in
 * code is shown as it is, and opens no comment. Where these few rules cannot be sure, a line is shown.
 */
import { linesOf } from "../core/commands/scan.ts";

export interface VisibleLine {
  readonly text: string;
  /** Within a fence. */
  readonly isCode: boolean;
}

interface Fence {
  readonly mark: string;
  readonly length: number;
  /** Columns before it; of code in a list, those of the item's text. */
  readonly indent: number;
}

/** Takes time in proportion to the text's length. */
export function visibleLines(text: string): readonly VisibleLine[] {
  const shown: VisibleLine[] = [];
  let paragraph: string[] = [];
  let fence: Fence | undefined;
  let isComment = false;
  const endParagraph = (): void => {
    if (paragraph.length === 0) return;
    for (const line of linesOf(withoutInline(paragraph.join("\n"))))
      shown.push({ text: line, isCode: false });
    paragraph = [];
  };
  for (const line of linesOf(text)) {
    // Where a list item ends, the code in it does, though nobody closed it.
    if (fence && fence.indent > 0 && line.trim() !== "" && indentOf(line) < fence.indent) fence = undefined;
    if (fence) {
      shown.push({ text: line, isCode: true });
      if (closes(line, fence)) fence = undefined;
      continue;
    }
    if (isComment || /^ {0,3}<!--/.test(line)) {
      endParagraph();
      const end = line.indexOf("-->", isComment ? 0 : line.indexOf("<") + 2);
      isComment = end < 0;
      if (!isComment) shown.push({ text: withoutInline(line.slice(end + 3)), isCode: false });
      continue;
    }
    fence = fenceOf(line);
    if (fence || line.trim() === "") {
      endParagraph();
      shown.push({ text: line, isCode: fence !== undefined });
    } else paragraph.push(line);
  }
  endParagraph();
  return shown;
}

/** The same as one text. */
export const visibleText = (text: string): string =>
  visibleLines(text)
    .map((line) => line.text)
    .join("\n");

/** Columns at a line's begin: a tab counts as four. */
const indentOf = (line: string): number => widthOf(/^[ \t]*/.exec(line)?.[0] ?? "");

const widthOf = (text: string): number => text.replaceAll("\t", "    ").length;

function fenceOf(line: string): Fence | undefined {
  const [, before = "", run = "", info = ""] =
    /^((?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (run === "" || (run.startsWith("`") && info.includes("`"))) return undefined;
  return { mark: run.charAt(0), length: run.length, indent: widthOf(before) };
}

function closes(line: string, { mark, length }: Fence): boolean {
  const run = line.trim();
  return run.length >= length && run === mark.repeat(run.length);
}

/** A paragraph without the comments in it: one that does not end in it is none. */
function withoutInline(text: string): string {
  const unpaired = new Set<number>();
  let mayComment = true;
  let kept = "";
  for (let index = 0; index < text.length; ) {
    let end = index + 1;
    const char = text.charAt(index);
    if (char === "\\") end = index + 2;
    else if (char === "`") {
      while (text[end] === "`") end += 1;
      const length = end - index;
      const closing = unpaired.has(length) ? undefined : endOfCode(text, end, length);
      if (closing === undefined) unpaired.add(length);
      end = closing ?? end;
    } else if (mayComment && text.startsWith("<!--", index)) {
      const close = text.indexOf("-->", index + 2);
      mayComment = close >= 0;
      if (close >= 0) {
        index = close + 3;
        continue;
      }
    }
    kept += text.slice(index, end);
    index = end;
  }
  return kept;
}

/** The place behind the next run of exactly `length` backticks. */
function endOfCode(text: string, from: number, length: number): number | undefined {
  for (let index = text.indexOf("`", from); index >= 0; index = text.indexOf("`", index)) {
    const begin = index;
    while (text[index] === "`") index += 1;
    if (index - begin === length) return index;
  }
  return undefined;
}
