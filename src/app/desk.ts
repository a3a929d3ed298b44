/** The exchange's desk: what `exchange.ts` decides, with the reads and the minting behind it. */
import type { OpenEdge } from "../core/chain.ts";
import {
  type AppClient,
  GitHubError,
  type InstallationInfo,
  type OidcClaims,
  type OidcVerifier,
} from "../github/index.ts";
import { readAuthority } from "../policy/ask-rights.ts";
import { teamsIn } from "../policy/authority-file.ts";
import {
  checkChain,
  checkClaims,
  checkRun,
  ExchangeRefusal,
  judgesRights,
  otherRepository,
  type Purpose,
  permissionsFor,
  THERE,
} from "./exchange.ts";
import type { ExchangeDesk } from "./exchange-answer.ts";
import { LEAST_SHARE, shareOf } from "./needs.ts";
import type { AppSettings } from "./settings.ts";
import type { Place, Sites } from "./sites.ts";
import { keyOf } from "./target.ts";

export interface DeskOptions {
  readonly settings: AppSettings;
  readonly app: AppClient;
  readonly sites: Sites;
  readonly oidc: OidcVerifier;
  readonly log: ExchangeDesk["log"];
}

/** Throws `ExchangeRefusal` where there is none for so many ms. */
function checkRoom(wait: number): void {
  if (wait === 0) return;
  throw new ExchangeRefusal("limited", "GitHub's limits have no room for this job now", 503, wait);
}

export function createDesk({ settings, app, sites, oidc, log }: DeskOptions): ExchangeDesk {
  const trust = {
    workflowFile: settings.workflowFile,
    trustedWorkflows: settings.trustedWorkflows,
    botId: sites.identity.botId,
  };

  /** With what the installation grants. */
  async function placeOf(claims: OidcClaims): Promise<Place & Pick<InstallationInfo, "permissions">> {
    const [owner = "", repository = ""] = claims.repository.split("/");
    const installation = await app.installation(owner, repository);
    if (installation === undefined) {
      throw new ExchangeRefusal("not-installed", `the app is not installed on ${claims.repository}`);
    }
    return { installation: installation.id, owner, repository, permissions: installation.permissions };
  }

  /**
   * Whether this job needs to see who is in a team, and the token can be asked for it: GitHub gives none for a permission
   * that the installation has not. Then the job sees nobody, and sets nothing aside.
   */
  async function needsTeams(place: Awaited<ReturnType<typeof placeOf>>, purpose: Purpose, open: OpenEdge) {
    if (!judgesRights(purpose, open) || place.permissions.members === undefined) return false;
    const { defaultBranch } = await sites.repository(place);
    return teamsIn(await readAuthority(sites.reads(place), defaultBranch), ["override"]).length > 0;
  }

  /** GitHub gives a token of this installation for no repository that it does not cover. */
  async function tokenThere({ installation }: Place, purpose: Purpose, open: OpenEdge) {
    const repository = otherRepository(purpose, open);
    if (repository === undefined) return undefined;
    try {
      return (await app.mint(installation, { repositoryIds: [repository], permissions: THERE })).token;
    } catch (error) {
      if (!(error instanceof GitHubError) || error.kind === "unavailable" || error.kind === "rate-limited")
        throw error;
      log({ level: "warn", message: `no token for repository ${repository}: ${error.message}` });
      return undefined;
    }
  }

  return {
    log,
    verify: (token) => oidc.verify(token),
    async admit(claims, issue, purpose) {
      const place = await placeOf(claims);
      const governor = sites.governor(place.installation);
      // Where there is no room for any job, nothing is read to find out whose this is.
      checkRoom(governor.lendsIn(LEAST_SHARE));
      const repository = await sites.repository(place);
      // The name may belong to another repository by now: the id decides.
      if (repository.id !== claims.repositoryId) {
        throw new ExchangeRefusal(
          "wrong-repository",
          `${claims.repository} is not repository ${claims.repositoryId}`,
        );
      }
      checkClaims(claims, trust, repository.defaultBranch);
      const site = sites.site(place, repository, issue);
      const run = { id: claims.runId, attempt: claims.runAttempt };
      const seen = await site.reads.runAttempt(run.id, run.attempt);
      checkRun(seen?.value, claims, trust, repository.defaultBranch);
      const open = await checkChain(site, purpose, run, settings.workflowFile);
      // I11: what the job may spend is counted before it begins.
      const work = keyOf({ ...place, issue });
      checkRoom(governor.lend(work, shareOf(open, purpose)));
      return open;
    },
    async issueToken(claims, purpose, open) {
      const place = await placeOf(claims);
      const minted = await app.mint(place.installation, {
        repositoryIds: [claims.repositoryId],
        permissions: permissionsFor(purpose, open, {
          teams: await needsTeams(place, purpose, open),
          queue: place.permissions.merge_queues === "write",
        }),
      });
      const { appId, botId, botLogin } = sites.identity;
      const there = await tokenThere(place, purpose, open);
      return {
        ...minted,
        ...{ appId, botId, botLogin, namespace: settings.namespace },
        ...(there === undefined ? {} : { there: { token: there } }),
      };
    },
  };
}
