/** Runs what it is given one after the other, in the order of the calls; a failure does not stop the next. */
export type Exclusive = <T>(run: () => Promise<T>) => Promise<T>;

/** A queue of its own. Not re-entrant: what runs in it must not wait for the same queue. */
export function createExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run, run);
    // Only the order is of interest here; the caller gets the failure from `result`.
    last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };
}
