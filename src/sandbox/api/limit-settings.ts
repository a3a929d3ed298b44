/** GitHub's limits, or others. */
import {
  type Rate,
  rateOf,
  readSettingsText,
  type Setting,
  SettingsTextError,
} from "../control/settings-text.ts";

export interface LimitSettings {
  /** Primary limit of installations, apps and people. `undefined`: GitHub's, which grows with an installation. */
  readonly requests: Rate | undefined;
  /** The same of a repository's jobs together. */
  readonly jobRequests: Rate | undefined;
  /** Points of GraphQL, for all of them. `undefined`: GitHub's. */
  readonly graphql: Rate | undefined;
  /** Secondary limits: all that are given hold. */
  readonly points: readonly Rate[];
  readonly graphqlPoints: readonly Rate[];
  readonly content: readonly Rate[];
  /** Requests under way at once. */
  readonly concurrent: number;
  /** GitHub answers with either. */
  readonly status: 403 | 429;
  /** Whether a secondary limit says when to come back; GitHub does not always. */
  readonly retryAfter: "yes" | "no";
}

/** `off`: nothing is refused and no answer speaks of a limit, as on a GitHub Enterprise Server by default. */
export type Limiting = LimitSettings | "off";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Of GitHub's documentation, "Rate limits for the REST API" and "… for the GraphQL API". */
export const GITHUB_LIMITS: LimitSettings = {
  requests: undefined,
  jobRequests: undefined,
  graphql: undefined,
  points: [{ count: 900, windowMs: MINUTE_MS }],
  graphqlPoints: [{ count: 2_000, windowMs: MINUTE_MS }],
  content: [
    { count: 80, windowMs: MINUTE_MS },
    { count: 500, windowMs: HOUR_MS },
  ],
  concurrent: 100,
  status: 403,
  retryAfter: "yes",
};

export const LIMITS_GRAMMAR = `github, off, or NAME=VALUE with commas between; what is not named stays GitHub's:
requests=5000/h (an installation, an app, a person), job-requests=1000/h (a repository's jobs),
graphql=5000/h (points of GraphQL, for each), points=900/m (a read 1, a write 5),
graphql-points=2000/m (a query 1, a mutation 5), content=80/m,500/h (what notifies people), concurrent=100,
status=403 or 429, retry-after=yes or no (whether a secondary limit says how long). Rates: N/s, N/m, N/h`;

const NAMES = [
  "requests",
  "job-requests",
  "graphql",
  "points",
  "graphql-points",
  "content",
  "concurrent",
  "status",
  "retry-after",
];

/** Reads `github`, `off`, `content=80/m,500/h,status=429`. Throws `SettingsTextError`. */
export function parseLimits(text: string): Limiting {
  if (text.trim() === "off") return "off";
  if (text.trim() === "github") return GITHUB_LIMITS;
  const groups = new Map<string, Setting[]>();
  for (const setting of readSettingsText(text)) {
    groups.set(setting.name, [...(groups.get(setting.name) ?? []), setting]);
  }
  let limits = GITHUB_LIMITS;
  for (const [name, settings] of groups) limits = { ...limits, ...read(text, name, settings) };
  return limits;
}

function read(text: string, name: string, settings: readonly Setting[]): Partial<LimitSettings> {
  const one = settings[0] ?? { name, value: "", at: 1 };
  const refuse = (setting: Setting, what: string): never => {
    throw new SettingsTextError(text, setting.at, what);
  };
  const single = (): Setting => (settings[1] ? refuse(settings[1], `${name} takes one value`) : one);
  const oneOf = <T extends string>(...allowed: readonly T[]): T =>
    allowed.find((value) => value === single().value) ?? refuse(one, `${name} is ${allowed.join(" or ")}`);
  const rates = (): readonly Rate[] => settings.map((setting) => rateOf(text, setting));
  switch (name) {
    case "requests":
      return { requests: rateOf(text, single()) };
    case "job-requests":
      return { jobRequests: rateOf(text, single()) };
    case "graphql":
      return { graphql: rateOf(text, single()) };
    case "graphql-points":
      return { graphqlPoints: rates() };
    case "points":
      return { points: rates() };
    case "content":
      return { content: rates() };
    case "concurrent":
      return /^[1-9]\d*$/.test(single().value)
        ? { concurrent: Number(one.value) }
        : refuse(one, `"${one.value}" is no number of requests`);
    case "status":
      return { status: oneOf("403", "429") === "403" ? 403 : 429 };
    case "retry-after":
      return { retryAfter: oneOf("yes", "no") };
    default:
      return refuse(one, `there is no "${name || one.value}": there are github, off, or ${NAMES.join(", ")}`);
  }
}
