/**
 * The gate: proves the intent and takes it with a claim. Work of an agent goes on in the jobs behind it; what needs
 * no agent (a merge, the rest of a lost attempt) is done right here, as no job in between runs anybody's code.
 */
import { join } from "node:path";
import {
  type Claim,
  checkPins,
  claimIntent,
  type Proof,
  Refusal,
  type Site,
  waitUntilIntentVisible,
} from "../src/barrier/index.ts";
import { digestOf } from "../src/core/canonical.ts";
import type { EffectOf, Fate } from "../src/core/words.ts";
import { releaseAgent } from "../src/effects/index.ts";
import { CONFIG_PATH, type Config } from "../src/policy/config.ts";
import { siteOf } from "./connect.ts";
import { ExchangeError, exchange } from "./exchange.ts";
import { leaveIssue } from "./handover.ts";
import { type Job, JobFailure, number, runOf, variable } from "./job.ts";
import { configAt, performAll, type Work } from "./perform.ts";
import { reporting } from "./report.ts";

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
  job.toolkit.setOutput("identity", JSON.stringify(grant.identity));
  const site = siteOf(job, grant.token, grant.identity);
  const proof = await waitUntilIntentVisible(site, number(job, "intent"), PATIENCE);
  let config: Config | undefined;
  const text = await checkPins(site, proof, async (commit) => {
    const read = await configAt(site, commit);
    if ("invalid" in read) throw new Refusal("config-changed", read.invalid);
    config = read;
    return digestOf(read);
  });
  const end = await claimIntent(site, proof, runOf(job));
  switch (end.kind) {
    case "lost":
      return neutral(
        job,
        `${end.owner ? `run ${end.owner.id} attempt ${end.owner.attempt}` : "another run"} has it`,
      );
    case "unsettled":
      throw new JobFailure("publish-refused", `the claim could not be made: ${end.why}`);
    case "claimed":
      return proceed(job, site, proof, end.claim, text, config);
  }
}

async function neutral(job: Job, why: string): Promise<void> {
  job.toolkit.setOutput("outcome", "neutral");
  job.toolkit.info(`nothing to do: ${why}`);
  await job.summarize(`### Nothing to do\n\nThis run takes up nothing: ${why}.\n`);
}

type Text = { readonly title: string; readonly body: string };

async function proceed(
  job: Job,
  site: Site,
  proof: Proof,
  claim: Claim,
  text: Text,
  config: Config | undefined,
): Promise<void> {
  const { marker } = proof;
  const { toolkit } = job;
  toolkit.setOutput("claim", claim.head);
  toolkit.setOutput("claim-attempt", String(claim.run.attempt));
  toolkit.setOutput("title", text.title);
  toolkit.setOutput("edge", marker.edge);
  toolkit.setOutput("commit", marker.pins.commit);
  toolkit.setOutput("base", marker.pins.base);
  await job.summarize(
    `### Proved and taken\n\n- intent: comment ${proof.comment}, digest \`${proof.open.digest}\`\n` +
      `- ${marker.edge}/${marker.attempt} of generation ${marker.generation}\n- claim: \`${claim.head}\`\n`,
  );
  const fates: Record<string, Fate> = {};
  const work: Work = { job, site, proof, claim, fates, title: text.title };
  const agent = marker.effects.find((effect) => effect.kind === "agent.run");
  if (!agent) return reporting(job, fates, () => performAll(work, marker.effects));
  // What this work replaces is closed before it begins (I8).
  const superseded = marker.effects.filter((effect) => effect.kind === "pull.close");
  await reporting(
    job,
    fates,
    async () => {
      await performAll(work, superseded);
      await release(work, agent, text, config);
    },
    "go",
  );
}

/** Leaves the issue for the agent's job, and lets that job start. */
async function release(
  { job, site, proof, claim }: Work,
  agent: EffectOf<"agent.run">,
  text: Text,
  config: Config | undefined,
): Promise<void> {
  const { marker } = proof;
  const command = config?.agent.command;
  if (!config || !command)
    throw new JobFailure("agent-missing", `there is no agent.command in ${CONFIG_PATH}`);
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-issue");
  const { timeoutMinutes } = config.agent;
  const digest = await leaveIssue(directory, `# ${text.title}\n\n${text.body}\n`, {
    issue: site.issue.number,
    title: text.title,
    generation: marker.generation,
    attempt: marker.attempt,
    base: marker.pins.base,
    commit: marker.pins.commit,
    command,
    timeoutMinutes,
    rules: { reservedPaths: config.reservedPaths, limits: config.limits },
  });
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("issue-digest", digest);
  // Ten minutes beside the agent's own time, for checkout and hand-over.
  job.toolkit.setOutput("timeout-minutes", String(timeoutMinutes + 10));
  job.toolkit.setOutput("agent-key", await releaseAgent(site, proof, claim, agent));
}
