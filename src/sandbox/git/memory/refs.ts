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
  /** Names in order; made again after a ref came or went. */
  let names: readonly string[] | undefined;

  function assertRoom(ref: string): void {
    const parts = ref.split("/");
    const above = parts.map((_, count) => parts.slice(0, count).join("/")).find((name) => refs.has(name));
    const inTheWay = above ?? [...refs.keys()].find((name) => name.startsWith(`${ref}/`));
    if (inTheWay === undefined) return;
    throw new GitStoreError("ref-conflict", {
      what: `the ref ${inTheWay} stands in its way`,
      where: ref,
      next: "Delete that ref, or choose another name.",
    });
  }

  return {
    read: (ref) => (isRefName(ref) ? refs.get(ref) : undefined),
    list(prefix) {
      names ??= [...refs.keys()].sort();
      return names.flatMap((ref) => (ref.startsWith(prefix) ? [{ ref, sha: refs.get(ref) ?? "" }] : []));
    },
    update({ ref, to, expected }) {
      const current = refs.get(ref) ?? null;
      if (expected !== undefined && expected !== current) return false;
      if (to === current) return true;
      if (current === null) assertRoom(ref);
      if (current === null || to === null) names = undefined;
      if (to === null) refs.delete(ref);
      else refs.set(ref, to);
      return true;
    },
  };
}
