/**
 * By what the app finds its status comment again: a hidden line at the end, which names the issue. It says nothing else,
 * and nobody but the app has one: whoever looks asks for the comment's author first (I7).
 */
import { sameIssue } from "./keys.ts";
import { decodeMarker } from "./marker.ts";
import type { IssueId } from "./words.ts";

const SIGN = /(?:^|\n)<!-- cairn:status v1 (\d+)#(\d+)( waiting)? -->\s*$/;

/** `waiting`: written on an issue that has no chain yet, so that it is no trace of one (I2). */
export type Standing = "begun" | "waiting";

/** A status comment's body. */
export const signed = (text: string, { repository, number }: IssueId, standing: Standing = "begun"): string =>
  `${text.trimEnd()}\n\n<!-- cairn:status v1 ${repository}#${number}${standing === "begun" ? "" : " waiting"} -->`;

/**
 * The issue that a body is the status of; `undefined`: it is no status comment. A marker's comment that somebody has
 * edited to look like one is none.
 */
export function signOf(body: string): IssueId | undefined {
  const [, repository, number] = SIGN.exec(body) ?? [];
  if (number === undefined || decodeMarker(body).kind !== "none") return undefined;
  return { repository: Number(repository), number: Number(number) };
}

/** Of a status comment's body. */
export const standingOf = (body: string): Standing =>
  SIGN.exec(body)?.[3] === undefined ? "begun" : "waiting";

interface Written {
  readonly id: number;
  readonly body: string;
  readonly appId: number | null;
}

/** The app's status comments on this issue, the lowest id first: that one counts, any other is one too many. */
export const statusesOf = <C extends Written>(
  comments: readonly C[],
  issue: IssueId,
  appId: number,
): readonly C[] =>
  comments
    .filter(({ body, appId: by }) => {
      const sign = by === appId ? signOf(body) : undefined;
      return sign !== undefined && sameIssue(sign, issue);
    })
    .sort((a, b) => a.id - b.id);
