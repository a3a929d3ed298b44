/** Signal: what a pull request would make of the configuration, as a check run on its head. It follows no step of a chain. */
import type { Site } from "../../barrier/index.ts";
import type { Outcome } from "../../github/outcome.ts";
import type { CheckContent, Sha } from "../../github/ports.ts";

/** Name of the check run. */
export const CONFIG_CHECK = "Cairn configuration";

/** `shown`: the check run that is there, to be written over. */
export const showConfigCheck = (
  site: Site,
  head: Sha,
  shown: number | null,
  content: CheckContent,
): Promise<Outcome<{ readonly id: number }>> =>
  shown === null
    ? site.writes.createCheck({ name: CONFIG_CHECK, head, ...content })
    : site.writes.updateCheck(shown, content);
