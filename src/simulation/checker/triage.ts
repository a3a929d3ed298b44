/** A triage command: of each text it is asked once, and behind its question no agent begins. */
import type { Facts, Violation } from "./index.ts";

export function checkTriage({ history, sandbox, stage, issues }: Facts): readonly Violation[] {
  const ofCairn = history.triaged.filter(({ issue }) => issues.includes(issue));
  const twice = ofCairn.filter(
    (one, index) =>
      // A person who moves a chain back makes Cairn forget what it has asked.
      !isMoved(history, stage.repository.id, one.issue) &&
      ofCairn.findIndex((other) => other.issue === one.issue && other.text === one.text) < index,
  );
  const begun = new Set(history.agentRuns);
  const despite = ofCairn.filter(
    ({ verdict, run }) => verdict === "ask" && begun.has(run) && hasEnded(sandbox, run),
  );
  return [
    ...twice.map(({ issue, run }) => ({
      rule: "asked-twice" as const,
      what: `run ${run} asked the triage command about a text that it was asked about before`,
      issue,
    })),
    ...despite.map(({ issue, run }) => ({
      rule: "agent-despite-question" as const,
      what: `the agent of run ${run} began, and the triage command had a question`,
      issue,
    })),
  ];
}

const isMoved = ({ refs }: Facts["history"], repositoryId: number, issue: number): boolean =>
  refs.some((one) => one.byPerson && one.repositoryId === repositoryId && one.ref === `refs/cairn/${issue}`);

/** Whether the job lived to tell of it. */
function hasEnded({ world }: Facts["sandbox"], run: string): boolean {
  const [id, attempt] = run.split("/").map(Number);
  const found = world.runs.get(id ?? 0);
  const job = found?.jobs.find(({ key }) => key.endsWith("triage"));
  return found?.attempt === attempt && job?.conclusion === "success";
}
