/** Once nothing goes wrong any more, whoever waits does so at ease: what never comes must not cost requests for ever. */
import type { Shape } from "../shape.ts";
import type { Violation } from "./index.ts";

/** Requests of one replica for one issue in a window: some looks for each minute of it. */
const MOST = 400;
/** Milliseconds. */
export const WINDOW = 10 * 60_000;

/** `requests`: of all in one window. */
export function checkRestless(
  requests: number,
  { issues, replicas }: Pick<Shape, "issues" | "replicas">,
): readonly Violation[] {
  if (requests <= MOST * issues * replicas) return [];
  return [
    {
      rule: "restless",
      what: `${requests} requests in ${WINDOW / 60_000} minutes in which nothing went wrong, by ${replicas} for ${issues}`,
    },
  ];
}
