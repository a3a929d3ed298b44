/** All checks by name: findings in words, none where all is well. */
import { credentials, foreignActions, programs, secrets, timeouts, triggers } from "./check-hazards.ts";
import { permissions } from "./check-permissions.ts";
import { actionInputs, calls, references } from "./check-references.ts";
import { linted, parsed } from "./check-syntax.ts";
import type { Files } from "./files.ts";

export type Check = (files: Files, path: string) => readonly string[] | Promise<readonly string[]>;

export const CHECKS = {
  parsed,
  linted: async (files, path) => (await linted(files, path)).findings,
  calls,
  actionInputs,
  references,
  permissions,
  triggers,
  programs,
  secrets,
  foreignActions,
  timeouts,
  credentials,
} as const satisfies Readonly<Record<string, Check>>;
