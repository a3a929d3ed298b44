/** The issue's text that agents work on, as the chain names it. */
import { digestOf } from "./canonical.ts";
import type { ChainState } from "./chain.ts";
import type { IssueView } from "./snapshot.ts";
import type { WorkText } from "./words.ts";

/** What it is from here on. */
export const workTextOf = ({ text, title }: Pick<IssueView, "text" | "title">): WorkText => ({
  text,
  title: digestOf(title),
});

export const isEdited = (
  { text }: Pick<IssueView, "text">,
  { worksOn }: Pick<ChainState, "worksOn">,
): boolean => worksOn !== undefined && worksOn.text !== text;

/** Whether the title is another: of that only the issue's events tell who it was. */
export const isRetitled = (title: string, { worksOn }: Pick<ChainState, "worksOn">): boolean =>
  worksOn !== undefined && worksOn.title !== digestOf(title);
