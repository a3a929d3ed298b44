/** Fields of what is sent to the control. */

export type Body = Readonly<Record<string, unknown>>;

/** Throws `RangeError`, as all of these do. */
export function number(body: Body, field: string): number {
  const value = body[field];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new RangeError(`${field} must be a number`);
  return value;
}

export function text(body: Body, field: string): string {
  const value = body[field];
  if (typeof value !== "string" || value === "") throw new RangeError(`${field} must be a text`);
  return value;
}

/** One of these words, where there is one. */
export function choice<T extends string>(body: Body, field: string, words: readonly T[]): T | undefined {
  const value = body[field];
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined) throw new RangeError(`${field} must be one of ${words.join(", ")}`);
  return found;
}
