/** An observer for whoever asks from outside: it looks as the app does, remembers nothing, and writes nothing. */
import { createObserver, type Observer } from "../../app/observe/index.ts";
import { createPlaces } from "../../app/places.ts";
import { coreSettings, type Terms } from "../../app/settings.ts";
import { type CommitCache, createCommitCache, type Identity, type Site } from "../../barrier/index.ts";
import { type Connection, type RepositoryInfo, realClock } from "../../github/index.ts";

export interface Outside {
  readonly connection: Connection;
  readonly repository: RepositoryInfo;
  readonly terms: Terms;
  readonly identity: Identity;
  readonly commits?: CommitCache;
  /** How the label is called by which people ask for work, where whoever asks has read it. */
  readonly entryLabel?: string;
}

export function siteFor(outside: Outside, number: number): Site {
  const { connection, repository, terms, identity, commits = createCommitCache() } = outside;
  const issue = { repository: repository.id, number };
  return { issue, app: identity, ...connection, clock: realClock, commits, namespace: terms.namespace };
}

/** Throws `GitHubError`. */
export const observe = (
  site: Site,
  { repository, terms, entryLabel }: Pick<Outside, "repository" | "terms" | "entryLabel">,
): Promise<Observer> =>
  createObserver({
    site,
    repository,
    settings: coreSettings(terms),
    workflowFile: terms.workflowFile,
    hint: "sweep",
    wrote: new Set(),
    places: createPlaces(),
    entryLabel,
    startedAt: () => undefined,
    // The reason why nothing starts is looked for at once: who asks wants to know.
    wasRefused: () => true,
    // The app has most likely read the head as soon as it stood.
    headSince: () => 0,
  });
