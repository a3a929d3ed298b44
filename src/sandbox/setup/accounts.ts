/** Accounts and their tokens, as an owner of the machine sets them up. */
import { randomBytes } from "node:crypto";
import { ACTIONS_APP_ID } from "../identity/authenticate.ts";
import type { Services } from "../services.ts";
import { userByLogin } from "../world/find.ts";
import { nextId } from "../world/ids.ts";
import { MERGE_QUEUE_APP_ID } from "../world/merge-queue.ts";
import type { User } from "../world/state.ts";

export interface NewUser {
  readonly login: string;
  readonly type?: User["type"];
  readonly name?: string;
  readonly email?: string;
}

/** Adds an account. Throws when the login is taken. */
export function createUser({ world, clock }: Services, input: NewUser): User {
  if (userByLogin(world, input.login)) throw new RangeError(`the login ${input.login} is taken`);
  const { login, type = "User", name = null, email = null } = input;
  const user: User = { id: nextId(world, "user"), login, type, name, email, createdAt: clock.now() };
  world.users.set(user.id, user);
  if (type === "Organization") world.members.set(user.id, new Map());
  return user;
}

/** GitHub's own accounts: the app that acts for jobs, and its bot. */
export function createBuiltIns({ world, clock }: Services): void {
  const at = clock.now();
  const github: User = {
    id: 9919,
    login: "github",
    type: "Organization",
    name: "GitHub",
    email: null,
    createdAt: at,
  };
  const bot: User = {
    id: 41_898_282,
    login: "github-actions[bot]",
    type: "Bot",
    name: null,
    email: null,
    createdAt: at,
  };
  // Committer of what is committed on GitHub's pages and by apps.
  const web: User = {
    id: 19_864_447,
    login: "web-flow",
    type: "User",
    name: "GitHub Web Flow",
    email: "noreply@github.com",
    createdAt: at,
  };
  const queue: User = {
    id: 118_344_674,
    login: "github-merge-queue[bot]",
    type: "Bot",
    name: null,
    email: null,
    createdAt: at,
  };
  for (const user of [github, bot, web, queue]) world.users.set(user.id, user);
  world.members.set(github.id, new Map());
  world.apps.set(ACTIONS_APP_ID, {
    id: ACTIONS_APP_ID,
    slug: "github-actions",
    name: "GitHub Actions",
    ownerId: github.id,
    clientId: "Iv1.05c79e9ad1f6bdfa",
    // Nobody holds its private half: it never comes with a JWT.
    publicKey: "",
    webhookUrl: null,
    webhookSecret: "",
    permissions: {},
    events: [],
    botId: bot.id,
    createdAt: at,
  });
  world.apps.set(MERGE_QUEUE_APP_ID, {
    id: MERGE_QUEUE_APP_ID,
    slug: "github-merge-queue",
    name: "GitHub Merge Queue",
    ownerId: github.id,
    clientId: "Iv1.0000000000000001",
    publicKey: "",
    webhookUrl: null,
    webhookSecret: "",
    permissions: {},
    events: [],
    botId: queue.id,
    createdAt: at,
  });
}

/** A personal token (`ghp_…`) of an account; it can do all that the account can. */
export function createUserToken({ world }: Services, login: string): string {
  const user = must(userByLogin(world, login), `user ${login}`);
  const token = `ghp_${randomBytes(18).toString("hex")}`;
  world.tokens.set(token, { kind: "user", token, userId: user.id });
  return token;
}

/** What must be there. Throws when it is not: the caller has misspelt a name. */
export function must<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new RangeError(`the sandbox has no ${what}`);
  return found;
}
