/** Signal: what the owner put into a merge queue is taken out, as somebody has given it up. Twice is refused by GitHub. */
import { type Behind, checkFresh, Refusal, type Site } from "../../barrier/index.ts";
import { GitHubError } from "../../github/errors.ts";
import type { Outcome } from "../../github/outcome.ts";

export async function dequeue(site: Site, step: Behind, number: number): Promise<Outcome<null>> {
  const open = step.view.state.open;
  const named = open?.effects.some((effect) => effect.kind === "merge.enqueue" && effect.pull === number);
  if (!open?.cancel || !named) throw new Refusal("nothing-open", "the chain does not give it up");
  const pull = await site.reads.pull(number);
  if (!pull) throw new GitHubError("unavailable", `#${number}`, "it was there, and cannot be seen now");
  checkFresh(site, step);
  return site.writes.dequeuePull(pull.value.nodeId);
}
