/** Signal without a step: shows whoever wrote a command that it was seen. It changes nothing; twice is a no-op. */
import type { Site } from "../../barrier/index.ts";
import type { Reaction } from "../../core/decision.ts";
import type { Outcome } from "../../github/outcome.ts";

export const react = (site: Site, comment: number, content: Reaction): Promise<Outcome<null>> =>
  site.writes.addReaction(comment, content);
