/** Repositories that the app works in: their connections, one governor for each installation, and who the app is. */
import { createCommitCache, type Identity, type Site } from "../barrier/index.ts";
import {
  type AppClient,
  type Clock,
  connect,
  createFileCache,
  createGovernor,
  createListCache,
  GitHubError,
  type GitHubReads,
  type Governor,
  type RepositoryInfo,
  type ServerClock,
} from "../github/index.ts";
import type { Neighbour } from "./observe/index.ts";
import type { AppSettings } from "./settings.ts";
import { keyOf } from "./target.ts";

export interface Place {
  readonly installation: number;
  readonly owner: string;
  readonly repository: string;
}

export interface Sites {
  readonly identity: Identity;
  governor(installation: number): Governor;
  /** The repository as it is now; read at most once a minute. Throws `GitHubError`. */
  repository(place: Place): Promise<RepositoryInfo>;
  /** A list has just shown the repository: it need not be read for a while. */
  listed(place: Place, repository: RepositoryInfo): void;
  site(place: Place, repository: RepositoryInfo, issue: number): Site;
  /** Reads that are for no single issue. */
  reads(place: Place): GitHubReads;
  /** Another repository (`owner/name`), where the same installation covers it. Throws `GitHubError` where nobody can say. */
  neighbour(place: Place, name: string): Promise<Neighbour>;
  /** The address was wrong or has moved: look it up again next time. */
  forget(place: Place): void;
}

/** Milliseconds for which a repository's name and default branch are taken for granted. */
const REPOSITORY_AGE = 60_000;

export interface SitesOptions {
  readonly settings: AppSettings;
  readonly identity: Identity;
  readonly app: AppClient;
  readonly clock: Clock;
  readonly serverClock: ServerClock;
  readonly fetch?: typeof fetch;
}

export function createSites({ settings, identity, app, clock, serverClock, fetch }: SitesOptions): Sites {
  const governors = new Map<number, Governor>();
  const repositories = new Map<string, { readonly info: Promise<RepositoryInfo>; readonly until: number }>();
  const commits = createCommitCache();
  const files = createFileCache();
  const lists = createListCache();
  const nameOf = (place: Place): string =>
    `${place.installation}/${place.owner}/${place.repository}`.toLowerCase();

  function governorOf(installation: number): Governor {
    const governor = governors.get(installation) ?? createGovernor({ clock });
    governors.set(installation, governor);
    return governor;
  }

  function connection(place: Place, issue?: { readonly repository: number; readonly number: number }) {
    return connect({
      apiUrl: settings.apiUrl,
      address: () => ({ owner: place.owner, repo: place.repository }),
      clock,
      serverClock,
      governor: governorOf(place.installation),
      files,
      lists,
      token: () => app.token(place.installation),
      invalidate: () => app.forgetToken(place.installation),
      ...(issue === undefined
        ? {}
        : {
            issue: `${issue.repository}/${issue.number}`,
            work: keyOf({ ...place, issue: issue.number }),
          }),
      ...(fetch ? { fetch } : {}),
    });
  }

  const keep = (place: Place, info: Promise<RepositoryInfo>): void =>
    void repositories.set(nameOf(place), { info, until: clock.now() + REPOSITORY_AGE });

  return {
    identity,
    governor: governorOf,
    reads: (place) => connection(place).reads,
    forget: (place) => {
      repositories.delete(nameOf(place));
    },
    listed: (place, repository) => keep(place, Promise.resolve(repository)),
    repository(place) {
      const known = repositories.get(nameOf(place));
      if (known && known.until > clock.now()) return known.info;
      const info = connection(place)
        .reads.repository()
        .then((read) => read.value);
      keep(place, info);
      info.catch(() => repositories.delete(nameOf(place)));
      return info;
    },
    async neighbour(place, name) {
      const outOfReach = (why: string): Neighbour => ({ kind: "out-of-reach", why });
      const [owner = "", repository = ""] = name.split("/");
      // An installation is one owner's.
      if (owner.toLowerCase() !== place.owner.toLowerCase())
        return outOfReach(`Cairn opens issues in repositories of ${place.owner} alone.`);
      const installation = await app.installation(owner, repository);
      if (installation?.id !== place.installation) return outOfReach(`Cairn is not installed on ${name}.`);
      const there = { installation: place.installation, owner, repository };
      try {
        return { kind: "near", repository: await this.repository(there), reads: this.reads(there) };
      } catch (error) {
        if (error instanceof GitHubError && error.kind === "moved")
          return outOfReach(`${name} has another name by now.`);
        throw error;
      }
    },
    site(place, repository, issue) {
      const id = { repository: repository.id, number: issue };
      return {
        issue: id,
        app: identity,
        ...connection(place, id),
        clock,
        commits,
        namespace: settings.namespace,
      };
    },
  };
}
