/**
 * The gate: proves the intent and takes it with a claim. Work of an agent goes on in the jobs behind it; what needs
 * no agent (a merge, the rest of a lost attempt) is done right here, as no job in between runs anybody's code.
 */
import { join } from "node:path";
import {
  type Claim,
  checkPins,
  claimIntent,
  type PinnedText,
  type Proof,
  REFUSALS,
  Refusal,
  type Site,
  waitUntilIntentVisible,
} from "../src/barrier/index.ts";
import { allowanceOf, PROVING } from "../src/core/allowance.ts";
import { digestOf } from "../src/core/canonical.ts";
import type { IntentMarker } from "../src/core/marker.ts";
import { oneLine } from "../src/core/quoted.ts";
import type { EffectOf, Fate, Sha } from "../src/core/words.ts";
import { releaseAgent } from "../src/effects/index.ts";
import { CONFIG_PATH, type Config } from "../src/policy/config/index.ts";
import type { TriageInput } from "../src/policy/triage-answer.ts";
import { type Keeping, keepTo } from "./allowance.ts";
import { governorOf, siteOf } from "./connect.ts";
import { type Grant, withGrant } from "./exchange.ts";
import { findingsFile } from "./findings.ts";
import { type CheckContext, leaveIssue, type TriageContext } from "./handover.ts";
import { type Job, number, runOf, variable } from "./job.ts";
import { JobFailure } from "./job-failure.ts";
import { performAll } from "./perform.ts";
import { neutral, reporting } from "./report.ts";
import { saidBy } from "./said.ts";
import { code } from "./summary.ts";
import { configAt, type Work } from "./work.ts";

/** Milliseconds for which a marker may be late. */
const PATIENCE = 30_000;

export async function gate(job: Job): Promise<void> {
  return withGrant(job, "gate", (grant) => admit(job, grant));
}

async function admit(job: Job, grant: Grant): Promise<void> {
  job.toolkit.setOutput("identity", JSON.stringify(grant.identity));
  const keeping = keepTo(governorOf(job), PROVING);
  const site = siteOf(job, grant.token, grant.identity, keeping);
  const found = await prove(job, site);
  if (!found) return;
  const { proof, text, config } = found;
  keeping.allow((proof.marker.allowance ?? allowanceOf(proof.marker.effects)).gate);
  const end = await claimIntent(site, proof, runOf(job));
  switch (end.kind) {
    case "lost": {
      const owner = end.owner ? `run ${end.owner.id} attempt ${end.owner.attempt}` : "another run";
      return neutral(job, `${owner} has it`);
    }
    case "unsettled":
      throw new JobFailure("publish-refused", `the claim could not be made: ${end.why}`);
    case "claimed":
      return proceed(job, site, keeping, proof, end.claim, text, config, grant.there);
  }
}

interface Proven {
  readonly proof: Proof;
  readonly text: PinnedText;
  readonly config: Config | undefined;
}

/** The intent and what it pins. `undefined`: it is none that may be taken, and the job has said so. */
async function prove(job: Job, site: Site): Promise<Proven | undefined> {
  try {
    const proof = await waitUntilIntentVisible(site, number(job, "intent"), PATIENCE);
    let config: Config | undefined;
    const text = await checkPins(site, proof, async (commit) => {
      const read = await configAt(site, commit);
      if ("invalid" in read) throw new Refusal("config-changed", read.invalid);
      config = read;
      return digestOf(read);
    });
    return { proof, text, config };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // Nothing was written, and no effect can follow: each code stands for one way of being no intent (I1).
    job.toolkit.setOutput("outcome", "refused");
    job.toolkit.setOutput("reason", error.code);
    job.toolkit.setOutput("detail", oneLine(error.message));
    const { next } = REFUSALS[error.code];
    job.toolkit.setFailed(`refused (${error.code}): ${oneLine(error.message)}. Next: ${next}`);
    await job.summarize(`### Refused: ${error.code}\n\n${code(error.message)}\n\n${next}\n`);
    return undefined;
  }
}

async function proceed(
  job: Job,
  site: Site,
  keeping: Keeping,
  proof: Proof,
  claim: Claim,
  text: PinnedText,
  config: Config | undefined,
  there: string | undefined,
): Promise<void> {
  const { marker } = proof;
  const { toolkit } = job;
  toolkit.setOutput("claim", claim.head);
  toolkit.setOutput("claim-attempt", String(claim.run.attempt));
  toolkit.setOutput("title", text.title);
  toolkit.setOutput("edge", marker.edge);
  toolkit.setOutput("entry-label", config?.entryLabel ?? "");
  // A round of fixing works on the head that it mends, and is judged by what it changes there; a review looks at one.
  const head = headOf(marker);
  toolkit.setOutput("commit", head ?? marker.pins.commit);
  toolkit.setOutput("base", head ?? marker.pins.base);
  await job.summarize(
    `### Proved and taken\n\n- intent: comment ${proof.comment}, digest \`${proof.open.digest}\`\n` +
      `- ${marker.edge}/${marker.attempt} of generation ${marker.generation}\n- claim: \`${claim.head}\`\n`,
  );
  const fates: Record<string, Fate> = {};
  const work: Work = {
    job,
    site,
    keeping,
    proof,
    claim,
    fates,
    title: text.title,
    routing: { text, config, token: there },
  };
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

/** What the agent reads: the issue, then what was answered to questions about it. */
const issueFile = (text: PinnedText): string => `# ${text.title}\n\n${saidBy(text)}\n`;

/** The same as a triage command reads it. */
function inputFile(job: Job, { issue }: Site, { title, body, labels, answers }: PinnedText): string {
  const input: TriageInput = {
    version: 1,
    repository: variable(job, "GITHUB_REPOSITORY"),
    number: issue.number,
    title,
    body,
    labels: [...labels],
    answers: answers.map((one) => ({ author: one.login, body: one.body })),
  };
  return `${JSON.stringify(input, null, 2)}\n`;
}

/** Leaves the issue for the agent's job, and lets that job start. */
async function release(
  { job, site, proof, claim }: Work,
  agent: EffectOf<"agent.run">,
  text: PinnedText,
  config: Config | undefined,
): Promise<void> {
  const { marker } = proof;
  const reviews = marker.edge === "review";
  const section = reviews ? "review" : "agent";
  const { command, timeoutMinutes } = config?.[section] ?? {};
  if (!config || !command || !timeoutMinutes) {
    const reason = reviews ? "review-unusable" : "agent-missing";
    throw new JobFailure(reason, `there is no ${section}.command in ${CONFIG_PATH}`);
  }
  const directory = join(variable(job, "RUNNER_TEMP"), "cairn-issue");
  const check = reviews ? null : checkOf(config);
  const push = pushOf(marker);
  const findings = await findingsFile(site, marker, push);
  const triage = marker.triages === undefined ? undefined : triageOf(config);
  const digest = await leaveIssue(
    job.machine,
    directory,
    {
      issue: issueFile(text),
      ...(findings === undefined ? {} : { findings }),
      ...(triage ? { input: inputFile(job, site, text) } : {}),
    },
    {
      issue: site.issue.number,
      title: text.title,
      generation: marker.generation,
      attempt: marker.attempt,
      base: marker.pins.base,
      commit: headOf(marker) ?? marker.pins.commit,
      command,
      timeoutMinutes,
      rules: { reservedPaths: config.reservedPaths, limits: config.limits },
      check,
      ...(push ? { round: marker.attempt } : {}),
      ...(marker.mends ? { mends: marker.mends.attempt } : {}),
      ...(push?.merges === undefined ? {} : { merges: push.merges }),
      ...(reviews ? { baseCommit: marker.pins.commit } : {}),
      ...(triage ? { triage } : {}),
    },
  );
  job.toolkit.setOutput("directory", directory);
  job.toolkit.setOutput("issue-digest", digest);
  job.toolkit.setOutput("timeout-minutes", jobMinutes(timeoutMinutes));
  // A merge needs what both sides have come from.
  job.toolkit.setOutput("depth", push?.merges === undefined ? "1" : "0");
  // Both are words: where the output got lost, neither holds, and nothing is published.
  job.toolkit.setOutput("check", check === null ? "none" : "required");
  if (check !== null) job.toolkit.setOutput("check-minutes", jobMinutes(check.timeoutMinutes));
  job.toolkit.setOutput("triage", triage ? "required" : "none");
  if (triage) job.toolkit.setOutput("triage-minutes", jobMinutes(Math.ceil(triage.timeoutSeconds / 60)));
  const key = await releaseAgent(site, proof, claim, agent);
  if (reviews) job.toolkit.setOutput("review-key", key);
  else job.toolkit.setOutput("agent-key", key);
}

/** Of a round of fixing. */
const pushOf = ({ effects }: IntentMarker): EffectOf<"branch.push"> | undefined =>
  effects.find((effect) => effect.kind === "branch.push");

/** The published head that the work is about; `undefined`: nothing is published yet. */
const headOf = ({ effects }: IntentMarker): Sha | undefined =>
  effects.find((effect) => effect.kind === "branch.push" || effect.kind === "review.post")?.head;

const checkOf = ({ check: { command, timeoutMinutes } }: Config): CheckContext | null =>
  command === undefined ? null : { command, timeoutMinutes };

const triageOf = ({ triage: { command, timeoutSeconds } }: Config): TriageContext | undefined =>
  command === undefined ? undefined : { command, timeoutSeconds };

/** Ten minutes beside the command's own time, for checkout and hand-over. */
const jobMinutes = (timeoutMinutes: number): string => String(timeoutMinutes + 10);
