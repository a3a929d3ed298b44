/** What the tests of commands do and look at. */
import { expect } from "vitest";
import { decodeMarker, type Marker } from "../../src/core/marker.ts";
import type { Loop } from "./loop.ts";
import { pass } from "./observing.ts";

/** Writes a comment, by the maintainer or somebody else; its id. */
export const say = async (loop: Loop, issue: number, body: string, who = loop.maintainer): Promise<number> =>
  (await who.post<{ id: number }>(`${loop.repo}/issues/${issue}/comments`, { body })).id;

/** The app's markers of one type, in their order. */
export async function markersOn<T extends Marker["type"]>(loop: Loop, issue: number, type: T) {
  const { comments } = await loop.shown(issue);
  return comments.flatMap(({ body, user }) => {
    const found = decodeMarker(body);
    return user.login.endsWith("[bot]") && found.kind === "marker" && found.marker.type === type
      ? [found.marker as Extract<Marker, { type: T }>]
      : [];
  });
}

/** Contents of all reactions on a comment, and that nobody but the app gave them. */
export async function reactions(loop: Loop, comment: number): Promise<string[]> {
  const found = await loop.maintainer.get<{ content: string; user: { login: string } }[]>(
    `${loop.repo}/issues/comments/${comment}/reactions`,
  );
  expect(found.filter(({ user }) => !user.login.endsWith("[bot]"))).toEqual([]);
  return found.map(({ content }) => content);
}

/** Waits for the app's reaction. */
export const answered = (loop: Loop, comment: number, content: string): Promise<true> =>
  loop.until(`${content} on ${comment}`, async () =>
    (await reactions(loop, comment)).includes(content) ? true : undefined,
  );

/** Several sweeps over everything, and all that follows from them. */
export async function sweeps(loop: Loop): Promise<void> {
  for (let sweep = 0; sweep < 3; sweep += 1) {
    await pass(loop, 400);
    await loop.app.idle();
  }
}
