/** People who are asked what a triage command wants to know: some answer, some write the text anew, some may do neither. */
import { WELL_SAID } from "./issue-text.ts";
import type { Place } from "./place.ts";

/** How Cairn says it. */
const ASKED = "The triage command has a question, and no agent has begun.";

/** What they do where the issue is on hold with a question; `sure`: somebody who may answers. */
export const answering =
  ({ sandbox, stage, chance, clockwork, ask, issueOf }: Place) =>
  async (number: number, sure: boolean): Promise<void> => {
    const issue = issueOf(number);
    const labels = (issue?.labelIds ?? []).map((id) => stage.repository.labels.get(id)?.name);
    if (issue?.state !== "open" || !labels.includes("cairn:hold")) return;
    const last = [...sandbox.world.comments.values()]
      .filter((one) => one.issueId === issue.id && /^\*\*(?:On hold|Cancelled)/.test(one.body))
      .at(-1);
    if (!last?.body.includes(ASKED) || !(sure || chance.happens(0.5))) return;
    const words = `In that way, since ${clockwork.now()}.`;
    const who = sure ? "maya" : chance.pick(["maya", "robin", "oda"] as const);
    if (!sure && chance.happens(0.3)) {
      await ask(who, "PATCH", `/issues/${number}`, { body: `${WELL_SAID}\n\n${words}` });
    } else await ask(who, "POST", `/issues/${number}/comments`, { body: words });
  };
