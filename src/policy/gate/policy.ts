/** What the repository has decided about merges in general: the last word, and free of charge. */
import { isSynthetic } from "../../core/marks.ts";
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
  judge({ config, issue, synthetic }) {
    if (synthetic) return unmet("its title said so once", "Cairn to close it");
    if (!config) return look("config");
    if (!issue) return look("issue");
    const { syntheticPrefix } = usable(config);
    return isSynthetic(issue.title, syntheticPrefix)
      ? unmet(`its title begins with ${syntheticPrefix}`, "Cairn to close it")
      : holds("it is none");
  },
};

export const isAllowed: Condition = {
  code: "merge-by-people",
  title: "the configuration lets Cairn merge",
  judge({ config, pull }) {
    if (!config) return look("config");
    const { merge } = usable(config);
    if (merge === "never")
      return unmet("`merge: never`", `a person to merge #${pull.number} (\`merge: never\`)`);
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
