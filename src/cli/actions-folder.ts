/** `--actions DIR`: actions of other repositories, as there is no github.com to fetch them from. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { ExitError } from "./exit.ts";

export const ACTIONS_OPTION = { actions: { type: "string" } } as const;

/** The folder as a whole path. Throws `ExitError` 2 where there is none. */
export async function actionsFolder(given: string | undefined): Promise<string | undefined> {
  if (given === undefined) return undefined;
  const info = await stat(given).catch(() => undefined);
  if (info?.isDirectory()) return resolve(given);
  throw new ExitError(
    2,
    `--actions ${given}: there is no such folder; it holds actions as owner/name/action.yml`,
  );
}
