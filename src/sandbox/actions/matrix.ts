/** `strategy.matrix`: the combinations that a job runs in. */
import { WorkflowError } from "./tokens.ts";

export type Combination = Readonly<Record<string, unknown>>;

/** Jobs that one matrix may make (docs: "Usage limits"). */
const MOST = 256;

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
  const excluded = listOf("exclude", exclude);
  const kept = combinations.filter((one) => !excluded.some((rule) => contains(one, rule)));
  const result = extended(kept, listOf("include", include), Object.keys(axes));
  if (result.length === 0) throw new WorkflowError("Matrix must define at least one vector");
  if (result.length > MOST) {
    throw new WorkflowError(
      `The matrix makes ${result.length} jobs; ${MOST} are allowed in one workflow run`,
    );
  }
  return result;
}

function listOf(key: string, value: unknown): readonly Combination[] {
  if (value === undefined || value === null || value === "") return [];
  const list = Array.isArray(value) ? value : [value];
  const mapping = (one: unknown): boolean => typeof one === "object" && one !== null && !Array.isArray(one);
  if (!list.every(mapping)) throw new WorkflowError(`Unexpected value of matrix '${key}'; expected mappings`);
  return list as Combination[];
}

const contains = (combination: Combination, part: Combination): boolean =>
  Object.entries(part).every(([name, value]) => JSON.stringify(combination[name]) === JSON.stringify(value));

/**
 * An `include` adds to each combination whose own values it does not contradict, and may overwrite what another
 * `include` has added; else it is a combination of its own (docs: "Expanding or adding matrix configurations").
 */
function extended(
  combinations: readonly Combination[],
  includes: readonly Combination[],
  axes: readonly string[],
): readonly Combination[] {
  const grown = combinations.map((own) => ({ own, added: {} as Combination }));
  const more: Combination[] = [];
  for (const include of includes) {
    const asked = Object.fromEntries(Object.entries(include).filter(([name]) => axes.includes(name)));
    const fitting = grown.filter(({ own }) => contains(own, asked));
    for (const one of fitting) one.added = { ...one.added, ...include };
    if (fitting.length === 0) more.push(include);
  }
  return [...grown.map(({ own, added }) => ({ ...own, ...added })), ...more];
}
