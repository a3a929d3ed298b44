/** Source that is replaced while it is loaded. Nothing of it reaches what is shipped: it happens in this process alone. */
import { registerHooks } from "node:module";

export interface Cut {
  /** From the top of the checkout. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

/** To be called before the modules are loaded; a cut that finds nothing to replace makes their loading fail. */
export function replaceOnLoad(cutsOf: (url: string) => readonly Cut[]): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const cuts = cutsOf(url);
      return cuts.length === 0 ? loaded : { ...loaded, source: cuts.reduce(replaced, String(loaded.source)) };
    },
  });
}

/** Throws where what is to be replaced does not stand there exactly once. */
export function replaced(source: string, { file, from, to }: Cut): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(`${file}: stands there ${parts.length - 1} times, not once: ${from.slice(0, 60)}`);
  }
  return parts.join(to);
}
