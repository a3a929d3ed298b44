/** Refs in memory. Names live beside each other as files do: no ref stands where another one needs a directory. */
import { GitStoreError } from "../errors.ts";
import { isRefName } from "../ref-names.ts";
import type { RefUpdate, Sha } from "../store.ts";

export interface MemoryRefs {
  read(ref: string): Sha | undefined;
  /** Sorted by name. */
  list(prefix: string): readonly { readonly ref: string; readonly sha: Sha }[];
  /** `false`: not as expected. Throws `ref-conflict`. */
  update(update: RefUpdate): boolean;
}

export function createMemoryRefs(): MemoryRefs {
  const refs = new Map<string, Sha>();
  /** In order, so that names with one beginning stand together. */
  const names: string[] = [];

  function list(prefix: string): { ref: string; sha: Sha }[] {
    const found: { ref: string; sha: Sha }[] = [];
    for (let at = placeOf(names, prefix); names[at]?.startsWith(prefix); at += 1) {
      const ref = names[at] ?? "";
      found.push({ ref, sha: refs.get(ref) ?? "" });
    }
    return found;
  }

  function assertRoom(ref: string): void {
    const parts = ref.split("/");
    const above = parts.map((_, count) => parts.slice(0, count).join("/")).find((name) => refs.has(name));
    const inTheWay = above ?? list(`${ref}/`)[0]?.ref;
    if (inTheWay === undefined) return;
    throw new GitStoreError("ref-conflict", {
      what: `the ref ${inTheWay} stands in its way`,
      where: ref,
      next: "Delete that ref, or choose another name.",
    });
  }

  function set(ref: string, current: Sha | null, to: Sha | null): void {
    if (to === null) {
      refs.delete(ref);
      names.splice(placeOf(names, ref), 1);
      return;
    }
    if (current === null) {
      assertRoom(ref);
      names.splice(placeOf(names, ref), 0, ref);
    }
    refs.set(ref, to);
  }

  return {
    read: (ref) => (isRefName(ref) ? refs.get(ref) : undefined),
    list,
    update({ ref, to, expected }) {
      const current = refs.get(ref) ?? null;
      if (expected !== undefined && expected !== current) return false;
      if (to !== current) set(ref, current, to);
      return true;
    },
  };
}

/** Where a name stands in a sorted list, or would stand. */
function placeOf(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? "") < name) low = middle + 1;
    else high = middle;
  }
  return low;
}
