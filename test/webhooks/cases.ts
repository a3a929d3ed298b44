/** The cases that are recorded: scene, webhook and end, by name. */
import type { Case } from "./cases/case.ts";
import { LABELS } from "./cases/labels.ts";
import { SILENT } from "./cases/silent.ts";
import { WORK } from "./cases/work.ts";

export const CASES: Readonly<Record<string, Case>> = { ...LABELS, ...WORK, ...SILENT };
