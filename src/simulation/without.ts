/**
 * Guards, and how each is taken out: a piece of the product's source, replaced while a simulation loads it. The
 * product itself has no such switch.
 */
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

export interface Cut {
  /** From the top of the checkout. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

export interface Guard {
  /** What is missing then. */
  readonly about: string;
  readonly cuts: readonly Cut[];
}

export const GUARDS = {
  barrier: { about: "the intent is not proved and not claimed: whoever is started works", cuts: [] },
  chain: { about: "a step is made without compare-and-set", cuts: [] },
  digest: { about: "a marker counts whatever its digest", cuts: [] },
  probe: { about: "an unknown outcome is sent again without a look", cuts: [] },
  generation: { about: "the next generation does not wait for the end of the old one", cuts: [] },
  governor: { about: "nobody remembers a limit", cuts: [] },
  settle: { about: "what is not seen is settled as lost at once", cuts: [] },
} satisfies Record<string, Guard>;

export type GuardName = keyof typeof GUARDS;

const TOP = fileURLToPath(new URL("../..", import.meta.url));

/** To be called before the product is loaded. Throws where a guard is no longer where it is said to be. */
export function takeOut(name: GuardName): void {
  const cuts: readonly Cut[] = GUARDS[name].cuts;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.startsWith("file:")) return loaded;
      const path = fileURLToPath(url).slice(TOP.length);
      const here = cuts.filter(({ file }) => file === path);
      if (here.length === 0) return loaded;
      const source = here.reduce(replaced, String(loaded.source));
      return { ...loaded, source };
    },
  });
}

export function replaced(source: string, { file, from, to }: Cut): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `${file}: the guard stands there ${parts.length - 1} times, not once: ${from.slice(0, 60)}`,
    );
  }
  return parts.join(to);
}
