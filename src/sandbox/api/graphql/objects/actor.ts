/** Accounts. GraphQL names a bot without the `[bot]` behind its login, wherever it is an `Actor`. */
import { findUser } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { User } from "../../../world/state.ts";
import { iso } from "../../present/time.ts";
import { NODE_PREFIX } from "../../present/user.ts";
import { type GraphqlContext, isViewer } from "../context.ts";

export function actorObject(context: GraphqlContext, userId: number) {
  const user = findUser(context.world, userId);
  switch (user.type) {
    case "Bot":
      return botObject(context, user);
    case "User":
    case "Organization":
      return accountObject(context, user);
  }
}

export const actorOrNull = (context: GraphqlContext, userId: number | null) =>
  userId === null ? null : actorObject(context, userId);

function common({ urls }: GraphqlContext, user: User, path: string) {
  return {
    id: nodeId(NODE_PREFIX[user.type], user.id),
    databaseId: user.id,
    avatarUrl: `${urls.html}/avatars/u/${user.id}?v=4`,
    resourcePath: path,
    url: `${urls.html}${path}`,
    createdAt: iso(user.createdAt),
    updatedAt: iso(user.createdAt),
  };
}

function botObject(context: GraphqlContext, user: User) {
  const login = user.login.replace(/\[bot\]$/, "");
  return { __typename: "Bot", login, ...common(context, user, `/apps/${login}`) };
}

function accountObject(context: GraphqlContext, user: User) {
  return {
    __typename: user.type,
    login: user.login,
    name: user.name,
    isViewer: isViewer(context, user.id),
    ...common(context, user, `/${user.login}`),
  };
}

/** A field that GitHub types `User` even where a bot stands in it (`viewer` of an App's token): its whole login. */
export function userObject(context: GraphqlContext, userId: number) {
  return { ...accountObject(context, findUser(context.world, userId)), __typename: "User" };
}
