/** What people do because of what their repository has decided: update branches, merge by hand, talk on pull requests. */
import { commanding } from "./commanding.ts";
import type { Meddling } from "./meddling.ts";
import type { Place } from "./place.ts";

export interface PolicyActs {
  readonly acts: readonly Meddling[];
  /** "Update branch", wherever Cairn says that it waits for it. */
  updateBranches(issue: number): Promise<void>;
}

export function policyActs(place: Place): PolicyActs {
  const { dice, ask, pullsOf, review } = place;
  const updateBranches = async (issue: number): Promise<void> => {
    for (const pull of pullsOf(issue, "open").filter(place.isBehind))
      await ask("maya", "PUT", `/pulls/${pull.number}/update-branch`, {});
  };
  return {
    updateBranches,
    acts: [
      commanding(place, "commands-on-pull"),
      [
        "branch-updated",
        1,
        async (issue) => {
          if (dice.of("branch-updated").happens(0.7)) return updateBranches(issue);
          // Whoever does so without being asked changes a head that was approved.
          for (const pull of pullsOf(issue, "open"))
            await ask("maya", "PUT", `/pulls/${pull.number}/update-branch`, {});
        },
      ],
      [
        "merged-by-hand",
        1,
        // As Cairn would: what was approved. With whatever method the page offers first.
        async (issue) => {
          await review(issue);
          const method = dice.of("merged-by-hand").pick(["merge", "squash", "rebase"] as const);
          for (const pull of pullsOf(issue, "open"))
            await ask("maya", "PUT", `/pulls/${pull.number}/merge`, { merge_method: method });
        },
      ],
    ],
  };
}
