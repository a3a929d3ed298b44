/** Judges a pull request as the app does, condition by condition. Reads only. */
import { readConfig } from "../../app/observe/config.ts";
import { issueOfBranch } from "../../app/target.ts";
import { readChain } from "../../barrier/index.ts";
import type { Read } from "../../github/ports.ts";
import { type Row, readTable } from "../../policy/gate/index.ts";
import { siteOf } from "../explain/site.ts";
import type { ReaderSetup } from "../reader.ts";

export interface GateReport {
  readonly pull: { readonly repository: string; readonly number: number; readonly title: string };
  readonly head: string;
  readonly base: string;
  readonly issue: number;
  /** Whether the pull request is one that may be judged by the app's id. */
  readonly app: { readonly login: string | null; readonly how: "named" | "seen" | "unknown" };
  /** Code of the first condition that does not hold; `null`: all do. */
  readonly nearest: string | null;
  readonly conditions: readonly Row[];
}

export interface GateQuestion extends ReaderSetup {
  readonly pull: number;
  readonly slug: string | undefined;
}

/** `undefined`: there is no such pull request, or none of Cairn's. Throws `GitHubError`. */
export async function lookAtGate(question: GateQuestion): Promise<GateReport | undefined> {
  const { connection, pull, terms, slug } = question;
  const seen = (await connection.reads.pull(pull))?.value;
  const issue = issueOfBranch(seen?.headRef);
  if (!seen || issue === undefined) return undefined;
  const found = await siteOf({ connection, issue, terms, slug });
  if (!found) return undefined;
  const { site, repository, known } = found;
  const chain = (await readChain(site)).value;
  const here = `${repository.owner}/${repository.name}`;
  const table = await readTable(site, {
    pull,
    base: repository.defaultBranch,
    here,
    synthetic: chain.kind === "sound" && chain.state.synthetic === true,
    commandReview: chain.kind === "sound" ? (chain.state.commandReview ?? null) : null,
    queued: chain.kind === "sound" ? (chain.state.queued ?? null) : null,
    updated: chain.kind === "sound" ? (chain.state.updated ?? 0) : 0,
    config: async () => {
      let now = 0;
      const note = <T>(read: Read<T>): T => {
        now = Math.max(now, read.serverTime);
        return read.value;
      };
      const { config, view } = await readConfig({ site, repository, note, now: () => now });
      return config ?? { invalid: view.kind === "invalid" ? view.why : "unreadable" };
    },
  });
  if (!table) return undefined;
  const { rows, facts } = table;
  return {
    pull: { repository: here, number: pull, title: facts.pull.title },
    head: facts.pull.headSha,
    base: facts.base,
    issue,
    app: { login: known.identity.botLogin || null, how: known.how },
    nearest: rows.find(({ state }) => state !== "holds")?.code ?? null,
    conditions: rows,
  };
}
