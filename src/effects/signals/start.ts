/** Signal: a workflow run is woken for the open intent. It may be woken twice: the claim decides. */
import { type Behind, checkFresh, Refusal, type Site } from "../../barrier/index.ts";
import type { Outcome } from "../../github/outcome.ts";

export interface StartInput {
  /** File name under `.github/workflows/`. */
  readonly workflowFile: string;
  readonly ref: string;
  /** Comment of the intent's marker. */
  readonly comment: number;
}

export function startRun(site: Site, step: Behind, input: StartInput): Promise<Outcome<null>> {
  checkFresh(site, step);
  const { open } = step.view.state;
  if (!open || open.claim) throw new Refusal("nothing-open", "no intent waits to be claimed");
  return site.writes.dispatchWorkflow({
    workflowFile: input.workflowFile,
    ref: input.ref,
    inputs: { issue: String(site.issue.number), intent: String(input.comment) },
  });
}
