/** What people do because of what their repository has decided: update branches, merge by hand, talk on pull requests, configure. */
import { CONFIG_PATH } from "../policy/config/index.ts";
import { commanding } from "./commanding.ts";
import type { Meddling } from "./meddling.ts";
import type { Place } from "./place.ts";

export interface PolicyActs {
  readonly acts: readonly Meddling[];
  /** "Update branch", wherever Cairn says that it waits for it. */
  updateBranches(issue: number): Promise<void>;
  /** Makes a configuration that can be used of one that somebody broke. */
  mendConfiguration(): Promise<void>;
}

const MINUTE = 60_000;

/** No YAML: nobody can use a configuration that ends so. */
const BROKEN = "budgets: [\n";

export function policyActs(place: Place): PolicyActs {
  const { dice, ask, pullsOf, review, later, clockwork } = place;
  async function configure(change: (text: string) => string): Promise<void> {
    const path = `/contents/${CONFIG_PATH}`;
    const { body } = await ask("maya", "GET", path);
    const { sha, content = "" } = (body ?? {}) as { sha?: string; content?: string };
    const before = Buffer.from(content, "base64").toString("utf8");
    const after = change(before);
    if (sha === undefined || after === before) return;
    const encoded = Buffer.from(after).toString("base64");
    await ask("maya", "PUT", path, { message: "Configure", content: encoded, sha });
  }
  const mendConfiguration = (): Promise<void> => configure((text) => text.replaceAll(BROKEN, ""));
  const updateBranches = async (issue: number): Promise<void> => {
    for (const pull of pullsOf(issue, "open").filter(place.isBehind))
      await ask("maya", "PUT", `/pulls/${pull.number}/update-branch`, {});
  };
  return {
    updateBranches,
    mendConfiguration,
    acts: [
      [
        "configuration-changed",
        1,
        async () => {
          const own = dice.of("configuration-changed");
          const how = own.pick(["remark", "terms", "broken"] as const);
          if (how === "remark") return configure((text) => `${text}# ${clockwork.now()}\n`);
          if (how === "terms") {
            const minutes = own.integer(20, 40);
            return configure((text) => text.replace(/timeout-minutes: \d+/, `timeout-minutes: ${minutes}`));
          }
          later(own.integer(1, 20) * MINUTE, mendConfiguration);
          return configure((text) => (text.includes(BROKEN) ? text : `${text}${BROKEN}`));
        },
      ],
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
