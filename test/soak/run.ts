/** A soak in a thread of its own. */
import { inThread } from "../simulation/in-thread.ts";
import type { Soak, SoakInput } from "./soak.ts";

export const soak = (input: SoakInput): Promise<Soak> =>
  inThread(new URL("./world.ts", import.meta.url), input);
