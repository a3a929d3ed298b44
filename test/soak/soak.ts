/** What a soak is told, what it came to, and what is asked of that. */
import type { Violation } from "../../src/simulation/checker/index.ts";
import type { Leak, Measured } from "./protocol.ts";

export interface SoakInput {
  /** Issues of each wave. */
  readonly waves: readonly number[];
  /** Milliseconds between two issues. */
  readonly every: number;
  readonly leak: Leak;
}

export interface Sample extends Measured {
  /** Since the beginning. */
  readonly hours: number;
  /** Issues that were filed until then, and how many of them had come to an end. */
  readonly filed: number;
  readonly ended: number;
}

export interface IssueEnd {
  readonly issue: number;
  /** The app's comments on it. */
  readonly comments: number;
  readonly generations: number;
  /** Steps of its chain. */
  readonly steps: number;
}

export interface Ends {
  readonly done: number;
  /** Holds at the end, by reason. */
  readonly held: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  /** Edges that are open or claimed, and runs that have not ended. */
  readonly unsettled: readonly string[];
  readonly issues: readonly IssueEnd[];
}

export interface Soak extends Ends {
  /** After each wave, when everything was at rest. */
  readonly checkpoints: readonly Sample[];
  /** Every so often, whatever was under way. */
  readonly samples: readonly Sample[];
  readonly requests: number;
  /** Requests that GitHub refused for a limit. */
  readonly limited: number;
  readonly faults: Readonly<Record<string, number>>;
}

/** What `docs/proof/soak.json` keeps of it. */
export interface SoakRecord extends Omit<Soak, "issues"> {
  readonly issues: number;
  /** How many issues have so many comments. */
  readonly byComments: Readonly<Record<string, number>>;
  /** The issue with the most comments. */
  readonly most: IssueEnd;
  readonly problems: readonly string[];
}

export const MEGABYTE = 1_000_000;

export const BOUNDS = {
  /** Of virtual time. */
  hours: 8,
  /** Bytes by which the second half may be above the first. */
  growth: 8 * MEGABYTE,
  /** Bytes by which a checkpoint may be above the one before. */
  step: 3 * MEGABYTE,
  /** Timers, requests under way and Node's own handles by which the second half may be above the first. */
  busy: 20,
  /** The same, by which a checkpoint may be above the first: nothing is under way then. */
  handles: 2,
  /** Of the app, for each generation of an issue, beside its status comment. */
  comments: 8,
} as const;

/** Heap and what is kept outside of it. */
export const memoryOf = ({ heap, external }: Measured): number => heap + external;
export const handlesOf = ({ timers, requests, resources }: Measured): number =>
  Object.values(resources).reduce((sum, count) => sum + count, timers + requests);

/** Means of the first half and the second, which the checkpoint in the middle parts. */
export function halvesOf(
  { checkpoints, samples }: Pick<Soak, "checkpoints" | "samples">,
  of: (sample: Measured) => number,
): readonly [number, number] {
  const middle = checkpoints[checkpoints.length / 2 - 1]?.hours ?? 0;
  const mean = (some: readonly Sample[]): number =>
    some.reduce((sum, one) => sum + of(one), 0) / Math.max(1, some.length);
  return [
    mean(samples.filter((one) => one.hours <= middle)),
    mean(samples.filter((one) => one.hours > middle)),
  ];
}

/** What is not as it must be, a sentence each. */
export function problemsOf(soak: Soak): readonly string[] {
  const { checkpoints, done, held, violations, unsettled, issues } = soak;
  const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(1)} MB`;
  const problems: string[] = [];
  const hours = checkpoints.at(-1)?.hours ?? 0;
  if (hours < BOUNDS.hours) problems.push(`it lasted for ${hours.toFixed(1)} hours`);
  const [first, second] = halvesOf(soak, memoryOf);
  if (second - first > BOUNDS.growth) {
    problems.push(`the second half had ${megabytes(second - first)} more than the first`);
  }
  const [few, many] = halvesOf(soak, handlesOf);
  if (many - few > BOUNDS.busy) {
    problems.push(`the second half had ${(many - few).toFixed(1)} handles more than the first`);
  }
  for (const [index, one] of checkpoints.entries()) {
    const before = checkpoints[index - 1] ?? one;
    const more = memoryOf(one) - memoryOf(before);
    if (more > BOUNDS.step)
      problems.push(`checkpoint ${index + 1} was ${megabytes(more)} above the one before`);
    const handles = handlesOf(one) - handlesOf(checkpoints[0] ?? one);
    if (handles > BOUNDS.handles)
      problems.push(`checkpoint ${index + 1} had ${handles} handles more than the first`);
  }
  problems.push(
    ...violations.map(({ rule, what, issue }) => `${rule}: ${what} (#${issue ?? "-"})`),
    ...unsettled,
  );
  const ended = done + Object.values(held).reduce((sum, count) => sum + count, 0);
  if (ended !== issues.length) problems.push(`${issues.length - ended} issues are neither done nor held`);
  for (const { issue, comments, generations } of issues) {
    // A hold that was asked for before anything began has its comment too.
    if (comments > 1 + BOUNDS.comments * Math.max(1, generations)) {
      problems.push(`#${issue} has ${comments} comments for ${generations} generations`);
    }
  }
  return problems;
}
