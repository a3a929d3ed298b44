/**
 * Where comments stand after a push: a line that was not touched moves with the text around it; one that was changed or
 * whose file was renamed or is gone is outdated, and so is a file that the pull request changes no more.
 */
import { type Services, storeOf } from "../../services.ts";
import type { PullRequest, ReviewComment } from "../../world/pull-state.ts";
import { filesOf } from "./counts.ts";

/** After the head has moved, or where a comment was made on an older commit. */
export async function placeComments(services: Services, pull: PullRequest): Promise<void> {
  const { headSha } = pull;
  const own = [...services.world.reviewComments.values()].filter(({ pullId }) => pullId === pull.id);
  if (own.every(({ commitId }) => commitId === headSha)) return;
  const changed = new Set((await filesOf(services, pull)).map(({ path }) => path));
  const places = await Promise.all(own.map((comment) => placeOf(services, pull, comment, changed)));
  if (pull.headSha !== headSha) return; // the later move's own call has the last word
  for (const [at, comment] of own.entries()) Object.assign(comment, places[at]);
}

type Place = Pick<ReviewComment, "line" | "startLine" | "outdated"> &
  Partial<Pick<ReviewComment, "commitId">>;

async function placeOf(
  services: Services,
  pull: PullRequest,
  comment: ReviewComment,
  changed: ReadonlySet<string>,
): Promise<Place> {
  const { path, originalCommitId, originalLine, originalStartLine, side, subject } = comment;
  const gone: Place = { line: null, startLine: null, outdated: true };
  const stays: Place = {
    line: originalLine,
    startLine: originalStartLine,
    outdated: false,
    commitId: pull.headSha,
  };
  if (!changed.has(path)) return gone;
  // The left side shows the base, which a push to the head leaves as it is.
  if (subject === "file" || side === "LEFT" || originalLine === null) return stays;
  const diff = await storeOf(services, pull.repositoryId).diff(originalCommitId, pull.headSha);
  const touched = diff.find((file) => file.path === path || file.previousPath === path);
  if (!touched) return stays;
  if (touched.path !== path || touched.status !== "modified" || touched.patch === undefined) return gone;
  const line = lineAfter(touched.patch, originalLine);
  const startLine = originalStartLine === null ? null : lineAfter(touched.patch, originalStartLine);
  if (line === null || (originalStartLine !== null && startLine === null)) return gone;
  return { ...stays, line, startLine };
}

/** Number of a line (from 1) after the change that these hunks describe; `null`: it is not there any more. */
export function lineAfter(patch: string, line: number): number | null {
  let old = 0;
  let fresh = 0;
  let moved = 0;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (hunk) {
      // Of a side without lines, git names the line before it.
      old = Number(hunk[1]) + (hunk[2] === "0" ? 1 : 0);
      fresh = Number(hunk[3]) + (hunk[4] === "0" ? 1 : 0);
      if (line < old) return line + moved;
      continue;
    }
    if (old === line && text.startsWith("-")) return null;
    if (old === line && text.startsWith(" ")) return fresh;
    if (!text.startsWith("+") && !text.startsWith("\\")) old += 1;
    if (!text.startsWith("-") && !text.startsWith("\\")) fresh += 1;
    moved = fresh - old;
  }
  return line + moved;
}
