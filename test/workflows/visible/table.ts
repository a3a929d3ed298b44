/** What each process of a job is given: the variables that are not plain facts, and the secrets among them. */
import type { RunRecord } from "../../../src/sandbox/actions/index.ts";
import { found, type Secret } from "./secrets.ts";
import type { Minted, Seen } from "./watch.ts";

export interface Row {
  /** What the job's own token may do. */
  readonly token: string;
  /** What the tokens may do that the job gets from the app, one line for each kind of work. */
  readonly exchanged: readonly string[];
  readonly processes: Readonly<Record<string, Given>>;
}

export interface Given {
  readonly variables: readonly string[];
  /** Name of the secret by the variable that holds it. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** Facts about the run, and where tools and files are (docs: "Variables reference", default environment variables). */
const PLAIN =
  /^(?:(?:GITHUB|RUNNER)_(?!\w*(?:TOKEN|SECRET))\w+|PATH|HOME|LANG|LC_ALL|CI|XDG_CONFIG_HOME|GIT_\w+)$/;

export function tableOf(
  runs: readonly RunRecord[],
  seen: readonly Seen[],
  tokens: readonly Minted[],
  secrets: readonly Secret[],
): Readonly<Record<string, Row>> {
  const jobs = runs.flatMap((run) => run.jobs.filter(({ steps }) => steps.length > 0));
  const keys = [...new Set(jobs.map(({ key }) => key))];
  return Object.fromEntries(
    keys.map((key) => {
      const ids = new Set(jobs.filter((job) => job.key === key).map(({ id }) => id));
      const own = tokens.flatMap(({ token }) =>
        token.kind === "job" && ids.has(token.jobId) ? [token] : [],
      );
      const exchanged = tokens.flatMap(({ token, during }) =>
        token.kind === "installation" && token.repositoryIds !== null && during.some((id) => ids.has(id))
          ? [token]
          : [],
      );
      const row: Row = {
        token: distinct(own.map(({ permissions }) => words(permissions))).join(" | "),
        exchanged: distinct(exchanged.map(({ permissions }) => words(permissions))),
        processes: processesOf(
          seen.filter(({ job }) => ids.has(job)),
          secrets,
        ),
      };
      return [key.replace(/^cairn\./, ""), row];
    }),
  );
}

function processesOf(seen: readonly Seen[], secrets: readonly Secret[]): Readonly<Record<string, Given>> {
  const kinds = distinct(seen.map(({ what }) => what));
  return Object.fromEntries(
    kinds.map((kind) => {
      const all = seen.filter(({ what }) => what === kind);
      const variables = all.flatMap(({ environment }) => givenIn(environment));
      const held = all.flatMap(({ environment, command }) =>
        Object.entries({ ...environment, "(command line)": command }).flatMap(([name, value]) =>
          found(secrets, value).map((secret) => [name, secret] as const),
        ),
      );
      return [kind, { variables: distinct(variables), secrets: Object.fromEntries(held) }];
    }),
  );
}

/** An input that is left out is an empty variable. */
const givenIn = (environment: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(environment).flatMap(([name, value]) => (PLAIN.test(name) || value === "" ? [] : [name]));

const distinct = (list: readonly string[]): readonly string[] => [...new Set(list)].sort();

const words = (permissions: Readonly<Record<string, string>>): string =>
  Object.entries(permissions)
    .map(([name, level]) => `${name}: ${level}`)
    .sort()
    .join(", ");
