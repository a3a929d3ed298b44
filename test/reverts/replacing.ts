/** The same for what Vite and rolldown load: vitest's own modules, and the bundle of the Action. */
import { type Cut, replaced } from "../../src/simulation/cuts.ts";
import { TOP } from "./revert.ts";

export interface Replacing {
  readonly name: string;
  transform(code: string, id: string): string | undefined;
}

/** A plugin. Throws, and so fails the loading, where a piece does not stand in its file exactly once. */
export function replacing(cuts: readonly Cut[]): Replacing {
  return {
    name: "reverts",
    transform(code, id) {
      const path = id.split("?")[0]?.slice(TOP.length + 1);
      const here = cuts.filter(({ file }) => file === path);
      return here.length === 0 ? undefined : here.reduce(replaced, code);
    },
  };
}
