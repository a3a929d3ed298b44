/** An issue as the app sees it, for a reader that is not the app: where it is, and who the app is there. Reads only. */
import type { Terms } from "../../app/settings.ts";
import { chainRefOf } from "../../core/keys.ts";
import type { Connection } from "../../github/index.ts";
import { knowApp } from "./identity.ts";
import { siteFor } from "./observe.ts";

export interface Question {
  readonly connection: Connection;
  readonly issue: number;
  readonly terms: Terms;
  /** Name of the app in its address on GitHub, if it is given. */
  readonly slug: string | undefined;
}

/** `undefined`: there is no such issue, or it is a pull request. Throws `GitHubError` where nothing can be read. */
export async function siteOf({ connection, issue: number, terms, slug }: Question) {
  const { reads } = connection;
  const issue = (await reads.issue(number))?.value;
  if (!issue || issue.isPull) return undefined;
  const repository = (await reads.repository()).value;
  const comments = (await reads.comments(number, issue.comments)).value.items;
  const ref = await reads.ref(chainRefOf(number, terms.namespace).slice("refs/".length));
  const head = ref && (await reads.commit(ref.value))?.value;
  const known = knowApp({ head, comments }, slug);
  const site = siteFor({ connection, repository, terms, identity: known.identity }, number);
  return { site, issue, repository, comments, ref, known };
}
