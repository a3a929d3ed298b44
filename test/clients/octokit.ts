/** Octokit with all its plugins, as its own documentation sets it up, pointed at a sandbox. */
import { createAppAuth } from "@octokit/auth-app";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit as Rest } from "@octokit/rest";
import type { Fixture } from "../sandbox/fixture.ts";

const Octokit = Rest.plugin(retry, throttling);
export type Client = InstanceType<typeof Octokit>;
type Options = NonNullable<ConstructorParameters<typeof Octokit>[0]>;

const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Without throttling, which spaces writes by seconds, and without waits between retries. */
function client({ sandbox }: Fixture, options: Options): Client {
  return new Octokit({
    baseUrl: sandbox.url,
    log: quiet,
    throttle: { enabled: false },
    retry: { retryAfterBaseValue: 1 },
    ...options,
  });
}

/** The app itself, by its JWT. */
export const asApp = (fixture: Fixture): Client =>
  client(fixture, {
    authStrategy: createAppAuth,
    auth: { appId: fixture.app.app.id, privateKey: fixture.app.privateKey },
  });

/** The app on its installation. */
export const asInstallation = (fixture: Fixture, options: Options = {}): Client =>
  client(fixture, {
    authStrategy: createAppAuth,
    auth: {
      appId: fixture.app.app.id,
      privateKey: fixture.app.privateKey,
      installationId: fixture.installation.id,
    },
    ...options,
  });

/** Somebody with a token; nobody without one. */
export const asToken = (fixture: Fixture, token: string | undefined, options: Options = {}): Client =>
  client(fixture, { ...(token === undefined ? {} : { auth: token }), ...options });
