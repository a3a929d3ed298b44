/** What the app is told by its environment: Probot's usual variables, and a few of its own. */
import { readFileSync } from "node:fs";
import { LONGEST_INTENT } from "../core/plan.ts";
import type { Settings } from "../core/snapshot.ts";

export interface AppSettings {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** GitHub's API, without trailing slash. */
  readonly apiUrl: string;
  readonly host: string;
  readonly port: number;
  /** File under `.github/workflows/` of a repository that starts the reusable workflow. */
  readonly workflowFile: string;
  /** Reusable workflows (`owner/repo/path@ref`) whose runs may have a token. */
  readonly trustedWorkflows: readonly string[];
  /** Audience that a run asks its id token for. */
  readonly audience: string;
  /** Issuer of the id tokens; `undefined`: derived from `apiUrl`. */
  readonly oidcIssuer: string | undefined;
  /** Under `refs/`. */
  readonly namespace: string;
  /** Milliseconds. */
  readonly quietPeriod: number;
  readonly sweepInterval: number;
  readonly intentLifetime: number;
  readonly startPatience: number;
  /** After which a look that a webhook asked for is repeated, as reads lag. */
  readonly echo: number;
  readonly logLevel: string;
}

/** A setting that is missing or cannot be used: what, and what to do. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What whoever only looks at issues has to know as well, as it bears on what comes next. */
export type Terms = Pick<
  AppSettings,
  | "apiUrl"
  | "workflowFile"
  | "trustedWorkflows"
  | "namespace"
  | "quietPeriod"
  | "sweepInterval"
  | "intentLifetime"
  | "startPatience"
>;

/** Reads all settings. Throws `SettingsError` naming every variable that has to be corrected. */
export function readSettings(env: Environment): AppSettings {
  const problems: string[] = [];
  const integer = integerReader(env, problems);
  const credentials = credentialsOf(env, problems);
  const webhookSecret = env.WEBHOOK_SECRET ?? "";
  if (webhookSecret === "" || webhookSecret === "development") {
    problems.push("WEBHOOK_SECRET must be the secret of the App's webhook, and not `development`");
  }
  const settings: AppSettings = {
    ...termsOf(env, problems),
    ...credentials,
    webhookSecret,
    host: env.HOST || "localhost",
    port: integer("PORT", 3_000, 0),
    audience: env.CAIRN_AUDIENCE || "cairn",
    oidcIssuer: env.CAIRN_OIDC_ISSUER || undefined,
    echo: 1_000 * integer("CAIRN_ECHO_SECONDS", 5, 1),
    logLevel: env.LOG_LEVEL || "info",
  };
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return settings;
}

/** The terms alone: no credentials are asked for. Throws `SettingsError`. */
export function readTerms(env: Environment): Terms {
  const problems: string[] = [];
  const terms = termsOf(env, problems);
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return terms;
}

/** The App's own credentials alone. Throws `SettingsError`. */
export function readCredentials(env: Environment): Pick<AppSettings, "appId" | "privateKey"> {
  const problems: string[] = [];
  const credentials = credentialsOf(env, problems);
  if (problems.length > 0) throw new SettingsError(problems.join("\n"));
  return credentials;
}

function credentialsOf(env: Environment, problems: string[]): Pick<AppSettings, "appId" | "privateKey"> {
  const appId = integerReader(env, problems)("APP_ID", 0, 1);
  if (appId === 0) problems.push("APP_ID is missing: the number on the App's settings page");
  return { appId, privateKey: readKey(env, problems) };
}

/** What `decide` is told of them. */
export const coreSettings = ({ quietPeriod, intentLifetime, startPatience }: Terms): Settings => ({
  quietPeriod,
  intentLifetime,
  startPatience,
  starts: 3,
});

const integerReader =
  (env: Environment, problems: string[]) =>
  (name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER): number => {
    const text = env[name];
    if (text === undefined || text === "") return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    const above = most === Number.MAX_SAFE_INTEGER ? "" : `, and of at most ${most}`;
    problems.push(`${name}=${text} must be a whole number of at least ${least}${above}`);
    return fallback;
  };

function termsOf(env: Environment, problems: string[]): Terms {
  const integer = integerReader(env, problems);
  return {
    apiUrl: readUrl(env, problems),
    workflowFile: env.CAIRN_WORKFLOW || "cairn.yml",
    trustedWorkflows: list(env.CAIRN_TRUSTED_WORKFLOWS) ?? [
      "cairn-dev/cairn/.github/workflows/cairn.yml@refs/tags/v1",
    ],
    namespace: env.CAIRN_REF_NAMESPACE || "cairn",
    quietPeriod: 1_000 * integer("CAIRN_QUIET_SECONDS", 120, 30),
    sweepInterval: 1_000 * integer("CAIRN_SWEEP_SECONDS", 300, 1),
    intentLifetime: 1_000 * integer("CAIRN_INTENT_SECONDS", 86_400, 60, LONGEST_INTENT / 1_000),
    startPatience: 1_000 * integer("CAIRN_START_SECONDS", 60, 1),
  };
}

function list(text: string | undefined): readonly string[] | undefined {
  const items = text
    ?.split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  return items && items.length > 0 ? items : undefined;
}

function readKey(env: Environment, problems: string[]): string {
  const path = env.PRIVATE_KEY_PATH;
  let key = env.PRIVATE_KEY ?? "";
  if (key === "" && path) {
    try {
      key = readFileSync(path, "utf8");
    } catch (error) {
      problems.push(`PRIVATE_KEY_PATH: ${(error as Error).message}`);
      return "";
    }
  }
  // One-line forms: base64 of the file, or line ends written as \n.
  if (key !== "" && !key.includes("-----BEGIN")) key = Buffer.from(key, "base64").toString("utf8");
  key = key.replaceAll("\\n", "\n");
  if (!key.includes("-----BEGIN"))
    problems.push("PRIVATE_KEY or PRIVATE_KEY_PATH must give the App's private key");
  return key;
}

function readUrl(env: Environment, problems: string[]): string {
  const text = env.GITHUB_API_URL || "https://api.github.com";
  if (!URL.canParse(text)) problems.push(`GITHUB_API_URL=${text} is no address`);
  return text.replace(/\/+$/, "");
}
