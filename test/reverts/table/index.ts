/** All reverts, by name. */
import type { Revert } from "../revert.ts";
import { BARRIER } from "./barrier.ts";

export const REVERTS: Readonly<Record<string, Revert>> = { ...BARRIER };
