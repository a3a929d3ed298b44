/** What a level of autonomy takes away from the rest of the configuration. Pure. */
import type { Config } from "./config/schema.ts";

/** The configuration as it counts: where a level does not reach a key, that key does nothing. */
export function withinAutonomy(config: Config): Config {
  switch (config.autonomy) {
    case "suggest":
    case "propose":
      return {
        ...config,
        reviewers: [],
        review: { timeoutMinutes: config.review.timeoutMinutes },
        merge: "never",
        fixRounds: 0,
      };
    case "bounded":
      return { ...config, merge: "never" };
    case "full":
      return config;
  }
}
