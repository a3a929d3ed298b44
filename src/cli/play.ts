/** What people do in a demo, what comes of it, and what is told at the end. */
import { decodeMarker } from "../core/marker.ts";
import type { AppHost } from "./app-host.ts";
import { createBoard } from "./backlog-board.ts";
import { boardTable, tallyOf } from "./backlog-table.ts";
import type { DemoInput } from "./demo-input.ts";
import type { Display } from "./display.ts";
import { type Ended, hostileEndOf } from "./ending.ts";
import { file } from "./file-issues.ts";
import { follow } from "./follow.ts";
import { createHostile, type Hostile } from "./hostile/hostile.ts";
import { hostileTable } from "./hostile/table.ts";
import { type Person, person } from "./http.ts";
import { landingsOf } from "./landings.ts";
import { nextSteps, reportOf } from "./report.ts";
import { PEOPLE, type Stage } from "./stage.ts";
import { createWatcher, type IssueSummary, type Watcher } from "./watch.ts";

export interface Play {
  readonly stage: Stage;
  readonly app: AppHost;
  /** The app's log as it grows. */
  readonly appLog: readonly string[];
  readonly input: DemoInput;
  readonly display: Display;
}

/** Exit code. */
export async function play({ stage, app, appLog, input, display }: Play): Promise<number> {
  const maintainer = person(stage.sandbox.url, stage.tokens.maintainer);
  const { passedOver } = input;
  if (passedOver.length > 0) display.say(`passed over, as no issues: ${passedOver.join(", ")}`);
  const filed = await file(stage, input.issues, display);
  const numbers = filed.map((one) => one.number);
  const issue = numbers[0] ?? 0;
  const hostile = input.hostile ? await createHostile({ stage, issue, app, appLog, display }) : undefined;
  await Promise.all(numbers.map((number) => label(maintainer, stage, number)));
  display.say(`@${PEOPLE.maintainer} set ${stage.entryLabel}`);
  const watcher = createWatcher(stage, numbers);
  const shown = { watcher, display, repository: stage.name, appLog, issues: filed };
  const board = input.backlog ? createBoard(shown) : undefined;
  const quiet = stage.sandbox.engine?.onLine(({ job, text }) => {
    const agent = /(?:^|\s)agent\.run:(\d+)#/.exec(job)?.[1];
    if (!board && agent !== undefined && !text.startsWith("##[") && !text.startsWith("::"))
      display.agent(Number(agent), text);
  });
  try {
    const ended = await follow({ stage, watcher, numbers, input, display, hostile, board });
    const summaries = await summarise(watcher, numbers);
    if (board) {
      const rows = await board.look();
      display.report(
        `\n${boardTable(rows, process.stdout.isTTY ? process.stdout.columns : undefined)}\n${tallyOf(rows)}`,
      );
      await tellHolds(maintainer, stage, summaries, display);
      return conclude({ stage, input, display, hostile, ended, summaries });
    }
    for (const summary of summaries) display.report(await reportOf(stage, watcher, summary));
    if (stage.requiredChecks.length === 0) {
      display.report("\nThe repository has no CI for pull requests: approval alone counted.");
    }
    await tellHolds(maintainer, stage, summaries, display);
    return conclude({ stage, input, display, hostile, ended, summaries });
  } finally {
    quiet?.();
  }
}

interface Conclusion extends Pick<Play, "stage" | "input" | "display"> {
  readonly hostile: Hostile | undefined;
  readonly ended: Ended;
  readonly summaries: readonly IssueSummary[];
}

function conclude({ stage, input, display, hostile, ended, summaries }: Conclusion): number {
  const landed = landingsOf(stage);
  const faults = hostile?.end();
  if (faults) display.report(hostileTable(faults, landed));
  display.report(nextSteps(input.keep));
  const { code, reason } = faults ? hostileEndOf(ended, faults, landed) : ended;
  const summary = { type: "summary", issues: summaries, landed, exitReason: reason };
  display.object(faults ? { ...summary, faults } : summary);
  return code;
}

const label = (maintainer: Person, stage: Stage, number: number): Promise<unknown> =>
  maintainer.post(`/repos/${stage.name}/issues/${number}/labels`, { labels: [stage.entryLabel] });

const summarise = (watcher: Watcher, numbers: readonly number[]): Promise<readonly IssueSummary[]> =>
  // What is spent on no single issue (the sweep) is a single issue's, where there is only one.
  Promise.all(numbers.map((number) => watcher.summary(number, numbers.length === 1 ? "all" : "own")));

async function tellHolds(
  maintainer: Person,
  stage: Stage,
  summaries: readonly IssueSummary[],
  display: Pick<Display, "report">,
): Promise<void> {
  for (const summary of summaries)
    if (summary.state === "hold") display.report(await holdWords(maintainer, stage, summary));
}

/** The hold's own comment: what happened and what to do. */
async function holdWords(maintainer: Person, stage: Stage, summary: IssueSummary): Promise<string> {
  const path = `/repos/${stage.name}/issues/${summary.number}/comments?per_page=100`;
  const comments = await maintainer.get<{ body: string }[]>(path);
  const text =
    comments
      .findLast(({ body }) => decodeMarker(body).kind === "marker")
      ?.body.replace(/<!--[\s\S]*?-->/g, "")
      .trim() ?? "";
  return `\n#${summary.number} is on hold\n  ${text.replaceAll("\n", "\n  ")}`;
}
