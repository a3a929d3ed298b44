/** All reverts, by name. */
import type { Revert } from "../revert.ts";
import { ASKED } from "./asking.ts";
import { BEGINNING } from "./beginning.ts";
import { CASCADE } from "./cascade.ts";
import { CHECK } from "./check.ts";
import { COMMANDED } from "./commands.ts";
import { CONFIGURED } from "./configuration.ts";
import { EDITED } from "./edits.ts";
import { FIXING } from "./fixing.ts";
import { GENERATIONS } from "./generations.ts";
import { INTENTS } from "./intents.ts";
import { MARKERS } from "./markers.ts";
import { MERGED } from "./merging.ts";
import { REVIEWING } from "./reviewing.ts";
import { ROUTED } from "./routing.ts";
import { RUNS } from "./runs.ts";
import { STATUS } from "./status.ts";
import { TEAMS } from "./teams.ts";
import { TRIAGED } from "./triage-command.ts";

export const REVERTS: Readonly<Record<string, Revert>> = {
  ...INTENTS,
  ...CASCADE,
  ...MARKERS,
  ...GENERATIONS,
  ...RUNS,
  ...CHECK,
  ...FIXING,
  ...REVIEWING,
  ...EDITED,
  ...ASKED,
  ...TRIAGED,
  ...MERGED,
  ...CONFIGURED,
  ...BEGINNING,
  ...STATUS,
  ...COMMANDED,
  ...TEAMS,
  ...ROUTED,
};
