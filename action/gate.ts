/** The gate: proves the intent, takes it with a claim, closes what it replaces, and lets the agent start. */

import { join } from "node:path";
import {
  type Claim,
  checkPins,
  claimIntent,
  type Proof,
  performOrRecover,
  Refusal,
  type Site,
  waitUntilIntentVisible,
} from "../src/barrier/index.ts";
import { pullCloseHandler, releaseAgent } from "../src/effects/index.ts";
import { CONFIG_PATH, type Config, parseConfig, wordsOf } from "../src/policy/config.ts";
import { siteOf } from "./connect.ts";
import { ExchangeError, exchange, giveBack } from "./exchange.ts";
import { leaveIssue } from "./handover.ts";
import { type Job, JobFailure, number, runOf, variable } from "./job.ts";

/** Milliseconds for which a marker may be late. */
const PATIENCE = 30_000;

export async function gate(job: Job): Promise<void> {
  let grant: Awaited<ReturnType<typeof exchange>>;
  try {
    grant = await exchange(job, "gate");
  } catch (error) {
    if (error instanceof ExchangeError && error.neutral) return neutral(job, error.message);
    throw error;
  }
  const site = siteOf(job, grant.token, grant.identity);
  job.toolkit.setOutput("identity", JSON.stringify(grant.identity));
  try {
    await enter(job, site);
  } finally {
    await giveBack(job, grant);
  }
}

async function enter(job: Job, site: Site): Promise<void> {
  const proof = await waitUntilIntentVisible(site, number(job, "intent"), PATIENCE);
  let config: Config | undefined;
  const text = await checkPins(site, proof, async (commit) => {
    const read = await pinnedConfig(site, commit);
    config = read.config;
    return read.digest;
  });
  const end = await claimIntent(site, proof, runOf(job));
  switch (end.kind) {
    case "lost": {
      const owner = end.owner ? `run ${end.owner.id} attempt ${end.owner.attempt}` : "another run";
      return neutral(job, `${owner} has it`);
    }
    case "unsettled":
      throw new JobFailure("publish-refused", `the claim could not be made: ${end.why}`);
    case "claimed":
      return proceed(job, site, proof, end.claim, text, config);
  }
}

async function pinnedConfig(site: Site, commit: string): Promise<{ config: Config; digest: string }> {
  const file = await site.reads.file(CONFIG_PATH, commit);
  const parsed = parseConfig(file?.value.text);
  if (parsed.kind === "invalid") throw new Refusal("config-changed", wordsOf(parsed.problems));
  return parsed;
}

async function neutral(job: Job, why: string): Promise<void> {
  job.toolkit.setOutput("outcome", "neutral");
  job.toolkit.info(`nothing to do: ${why}`);
  await job.summarize(`### Nothing to do\n\nThis run takes up nothing: ${why}.\n`);
}

async function proceed(
  job: Job,
  site: Site,
  proof: Proof,
  claim: Claim,
  text: { readonly title: string; readonly body: string },
  config: Config | undefined,
): Promise<void> {
  const { marker } = proof;
  const { toolkit } = job;
  toolkit.setOutput("claim", claim.head);
  toolkit.setOutput("edge", marker.edge);
  toolkit.setOutput("commit", marker.pins.commit);
  toolkit.setOutput("base", marker.pins.base);
  await job.summarize(
    `### Proved and taken\n\n- intent: comment ${proof.comment}, digest \`${proof.open.digest}\`\n` +
      `- ${marker.edge}/${marker.attempt} of generation ${marker.generation}\n- claim: \`${claim.head}\`\n`,
  );
  const closed = await closeSuperseded(job, site, proof, claim);
  toolkit.setOutput("effects", JSON.stringify(closed));
  const agent = marker.effects.find((effect) => effect.kind === "agent.run");
  if (agent?.kind === "agent.run") {
    const command = config?.agent.command;
    if (!command) {
      toolkit.setOutput("reason", "agent-missing");
      toolkit.setOutput("detail", `no agent.command in ${CONFIG_PATH}`);
      toolkit.setOutput("outcome", "failed");
      return;
    }
    const directory = join(variable(job, "RUNNER_TEMP"), "cairn-issue");
    const digest = await leaveIssue(directory, `# ${text.title}\n\n${text.body}\n`, {
      issue: site.issue.number,
      title: text.title,
      generation: marker.generation,
      attempt: marker.attempt,
      base: marker.pins.base,
      commit: marker.pins.commit,
      command,
      timeoutMinutes: config?.agent.timeoutMinutes ?? 60,
      rules: {
        reservedPaths: config?.reservedPaths ?? [],
        limits: config?.limits ?? { files: 300, kilobytes: 4_096 },
      },
    });
    toolkit.setOutput("directory", directory);
    toolkit.setOutput("issue-digest", digest);
    // Ten minutes beside the agent's own time, for checkout and hand-over.
    toolkit.setOutput("timeout-minutes", String((config?.agent.timeoutMinutes ?? 60) + 10));
    toolkit.setOutput("agent-key", await releaseAgent(site, proof, claim, agent));
  }
  toolkit.setOutput("outcome", "go");
}

async function closeSuperseded(
  job: Job,
  site: Site,
  proof: Proof,
  claim: Claim,
): Promise<Record<string, string>> {
  const fates: Record<string, string> = {};
  for (const effect of proof.marker.effects) {
    if (effect.kind !== "pull.close") continue;
    const end = await performOrRecover(site, proof, claim, pullCloseHandler, effect, undefined);
    fates[effect.key] = end.kind;
    job.toolkit.info(`${effect.key}: ${end.kind}`);
  }
  return fates;
}
