/** Values that must stay where they belong, each with its name, and where they are found. */
import type { Stage } from "../../../src/cli/stage.ts";
import type { Seen, TokenWatch } from "./watch.ts";

export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** As it is, and as it stands in addresses and in headers of git and HTTP. */
function formsOf(value: string): readonly string[] {
  // Three bytes make four signs; what is left over depends on what comes behind.
  const base64 = (text: string): string => btoa(text.slice(0, text.length - (text.length % 3)));
  return [value, encodeURIComponent(value), base64(value), base64(`x-access-token:${value}`)];
}

/** Names of the secrets that stand in the text, in any form. */
export function found(secrets: readonly Secret[], text: string): readonly string[] {
  const names = secrets.filter(({ value }) => formsOf(value).some((form) => text.includes(form)));
  return [...new Set(names.map(({ name }) => name))].sort();
}

/** Variables of the runner that hold a secret of the job's own, and what it is. */
const OF_RUNNER: readonly (readonly [variable: string, what: string])[] = [
  ["ACTIONS_RUNTIME_TOKEN", "runtime token"],
  ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "id token request"],
];

/** All that was minted, or stood ready, while the loop ran. `keyOf`: name of a job by its number. */
export async function secretsOf(
  stage: Stage,
  tokens: TokenWatch,
  seen: readonly Seen[],
  keyOf: (job: number) => string,
): Promise<readonly Secret[]> {
  const minted = tokens.tokens.map(({ token, during }): Secret => {
    if (token.kind === "job") return { name: `token of ${keyOf(token.jobId)}`, value: token.token };
    const whose =
      token.kind === "user" || token.repositoryIds === null ? "nobody here" : keyOf(during[0] ?? 0);
    return { name: `${token.kind} token of ${whose}`, value: token.token };
  });
  const ofRunner = seen.flatMap(({ job, environment }) =>
    OF_RUNNER.flatMap(([variable, what]) => {
      const value = environment[variable] ?? "";
      return value === "" ? [] : [{ name: `${what} of ${keyOf(job)}`, value }];
    }),
  );
  const ids = (await tokens.idTokens()).map((value) => ({ name: "id token", value }));
  return [
    ...minted,
    ...ofRunner,
    ...ids,
    { name: "the app's key", value: stage.app.privateKey.split("\n")[5] ?? "" },
    { name: "the webhooks' secret", value: stage.app.webhookSecret },
    ...[...stage.repository.secrets].map(([name, value]) => ({ name: `secret ${name}`, value })),
  ];
}
