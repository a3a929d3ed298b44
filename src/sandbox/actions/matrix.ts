/** `strategy.matrix`: the combinations that a job runs in. */
import { WorkflowError } from "./tokens.ts";

export type Combination = Readonly<Record<string, unknown>>;

/** Combinations of an evaluated matrix, in GitHub's order. Throws `WorkflowError` where a vector or all is empty. */
export function combinationsOf(matrix: unknown): readonly Combination[] {
  if (typeof matrix !== "object" || matrix === null || Array.isArray(matrix)) {
    throw new WorkflowError("Unexpected value of 'matrix'; expected a mapping");
  }
  const { include, exclude, ...axes } = matrix as Record<string, unknown>;
  let combinations: Combination[] = [{}];
  for (const [name, values] of Object.entries(axes)) {
    const list = Array.isArray(values) ? values : [values];
    if (list.length === 0) throw new WorkflowError(`Matrix vector '${name}' does not contain any values`);
    combinations = combinations.flatMap((one) => list.map((value) => ({ ...one, [name]: value })));
  }
  if (Object.keys(axes).length === 0) combinations = [];
  const excluded = listOf(exclude);
  const kept = combinations.filter((one) => !excluded.some((rule) => contains(one, rule)));
  return extended(kept, listOf(include), Object.keys(axes));
}

const listOf = (value: unknown): readonly Combination[] =>
  Array.isArray(value) ? (value as Combination[]) : [];

const contains = (combination: Combination, part: Combination): boolean =>
  Object.entries(part).every(([name, value]) => JSON.stringify(combination[name]) === JSON.stringify(value));

/** An `include` adds to the combinations that it does not contradict, else it is one of its own. */
function extended(
  combinations: readonly Combination[],
  includes: readonly Combination[],
  axes: readonly string[],
): readonly Combination[] {
  let result = [...combinations];
  for (const include of includes) {
    const own = Object.fromEntries(Object.entries(include).filter(([name]) => axes.includes(name)));
    const fits = (one: Combination): boolean => combinations.includes(one) && contains(one, own);
    if (result.some(fits)) result = result.map((one) => (fits(one) ? { ...one, ...include } : one));
    else result.push(include);
  }
  if (result.length === 0) throw new WorkflowError("Matrix must define at least one vector");
  return result;
}
