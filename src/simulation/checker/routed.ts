/** Issues that Cairn opened in other repositories: what they say themselves of the effect that they are. */
import type { Landed } from "../../sandbox/log.ts";
import type { Issue } from "../../sandbox/world/state.ts";
import type { Facts } from "./index.ts";

/** The key at the end of its text: whose issue it is, and of which attempt. */
const KEY = /^Cairn-Effect: (issue\.create:\d+\/from\/\d+\/(\d+)#g\d+a\d+)\n-->$/m;

export interface RoutedIssue {
  readonly key: string;
  /** The issue that it was opened for. */
  readonly number: number;
}

export function routedIn({ body }: Pick<Issue, "body">): RoutedIssue | undefined {
  const [, key, number] = KEY.exec(body ?? "") ?? [];
  return key === undefined ? undefined : { key, number: Number(number) };
}

/** `undefined`: it is none, or says nothing of it. */
export function routedBy(
  { sandbox }: Pick<Facts, "sandbox">,
  { kind, key, repositoryId }: Landed,
): RoutedIssue | undefined {
  if (kind !== "issue.create") return undefined;
  const number = Number(key.slice("issue.create:".length));
  const issue = [...sandbox.world.issues.values()].find(
    (one) => one.repositoryId === repositoryId && one.number === number,
  );
  return issue && routedIn(issue);
}
