/** What the repository has decided about merges in general: the last word, and free of charge. */
import { quietWords } from "../../core/admission.ts";
import { isSynthetic } from "../../core/marks.ts";
import { quietUntil } from "../quiet-hours.ts";
import { type Condition, holds, look, unmet, usable } from "./facts.ts";

export const isReadable: Condition = {
  code: "config-unusable",
  title: "the configuration can be used",
  judge({ config }) {
    if (!config) return look("config");
    return "invalid" in config
      ? unmet(config.invalid, `a configuration that can be used: ${config.invalid}`)
      : holds("it can");
  },
};

/** By its title as it is now, or as it was when an intent was declared: no edit makes a try anything else. */
export const isNoTry: Condition = {
  code: "synthetic",
  title: "the issue is no try of the loop",
  judge({ config, issue, synthetic, now }) {
    if (!config) return look("config");
    if (!synthetic && !issue) return look("issue");
    const { syntheticPrefix, quietHours } = usable(config);
    if (!synthetic && !(issue && isSynthetic(issue.title, syntheticPrefix))) return holds("it is none");
    const found = synthetic ? "its title said so once" : `its title begins with ${syntheticPrefix}`;
    // Its close takes the merge's place in every way: it rests in the same hours.
    const until = quietUntil(quietHours, now);
    if (until === null) return unmet(found, "Cairn to close it");
    return { ...unmet(`${found}; ${quietFound(until)}`, quietWords(until), until), code: "quiet-hours" };
  },
};

const quietFound = (until: number): string =>
  `these are quiet hours, until ${new Date(until).toISOString()} (\`quiet-hours\`)`;

/**
 * By GitHub's clock. Behind what only people can do: that is told at any hour, and whoever merges by hand is not stopped.
 * No override sets it aside, as those who could write one can merge.
 */
export const isNotQuiet: Condition = {
  code: "quiet-hours",
  title: "these are no quiet hours",
  judge({ config, now }) {
    if (!config) return look("config");
    const { quietHours } = usable(config);
    const until = quietUntil(quietHours, now);
    if (until !== null) return unmet(quietFound(until), quietWords(until), until);
    return holds(quietHours === undefined ? "none are configured" : `\`quiet-hours: ${quietHours}\``);
  },
};

export const isAllowed: Condition = {
  code: "merge-by-people",
  title: "the configuration lets Cairn merge",
  judge({ config, pull }) {
    if (!config) return look("config");
    const { merge, autonomy } = usable(config);
    if (merge === "never") {
      // Below `full` nothing is merged, whatever the file says of `merge`.
      const key = autonomy === "full" ? "`merge: never`" : `\`autonomy: ${autonomy}\``;
      return unmet(key, `a person to merge #${pull.number} (${key})`);
    }
    return holds(`\`merge: ${merge}\``);
  },
};

/** Cairn would merge now, and says so: people are watched, and the score is `cairn graduation`'s to tell. */
export const isNoShadow: Condition = {
  code: "merge-shadow",
  title: "Cairn is past its trial",
  judge({ config, pull }) {
    if (!config) return look("config");
    const shadow = usable(config).merge === "shadow";
    return shadow
      ? unmet("`merge: shadow`", `a person to merge #${pull.number}: Cairn would now (\`merge: shadow\`)`)
      : holds("it is");
  },
};
