/** The end of a demo in words: the timeline as people see it and as the core reads it, the diff, the cost. */
import { titleOf } from "../core/commit-message.ts";
import { signOf } from "../core/status-sign.ts";
import { commentsOf, eventsOf, findUser, issueByNumber } from "../sandbox/world/find.ts";
import type { Stage } from "./stage.ts";
import type { IssueSummary, Watcher } from "./watch.ts";

export async function reportOf(stage: Stage, watcher: Watcher, summary: IssueSummary): Promise<string> {
  const parts = [
    `\n━━ #${summary.number}: ${summary.state}${summary.reason ? ` (${summary.reason})` : ""}`,
    `\nAs people see it\n${timeline(stage, summary.number)}`,
    `\nAs the core reads it\n${await core(watcher, summary.number)}`,
  ];
  const diff = await diffOf(stage, summary);
  if (diff !== undefined) parts.push(`\nMerged\n${diff}`);
  const { contentWrites, writes, requests, points } = summary.cost;
  parts.push(
    `\nCost: ${contentWrites} content writes, ${writes} writes, ${requests} requests, ${points} points.`,
  );
  return parts.join("\n");
}

function timeline({ sandbox, repository }: Stage, number: number): string {
  const { world } = sandbox;
  const issue = issueByNumber(world, repository.id, number);
  if (!issue) return "";
  const lines: (readonly [number, string])[] = [];
  for (const event of eventsOf(world, issue.id)) {
    const label = event.label ? ` ${event.label.name}` : "";
    lines.push([event.createdAt, `${findUser(world, event.actorId).login} ${event.event}${label}`]);
  }
  for (const comment of commentsOf(world, issue.id)) {
    const text = comment.body
      .replace(/<!--[\s\S]*?-->/g, "")
      .trim()
      .replaceAll("\n", "\n            ");
    // The status comment says what is true since it was edited last.
    const at = signOf(comment.body) ? comment.updatedAt : comment.createdAt;
    lines.push([at, `${findUser(world, comment.authorId).login} wrote\n            ${text}`]);
  }
  lines.sort((a, b) => a[0] - b[0]);
  return lines.map(([at, text]) => `  ${new Date(at).toISOString().slice(11, 19)}  ${text}`).join("\n");
}

async function core(watcher: Watcher, number: number): Promise<string> {
  const records = await watcher.chain(number);
  return records
    .map((record) => {
      const markers = record.markers.map((marker) => `\n       declares ${marker.type}`).join("");
      return `  ${String(record.state.seq).padStart(3)}  ${titleOf(record.steps)}${markers}`;
    })
    .join("\n");
}

async function diffOf({ sandbox, repository }: Stage, summary: IssueSummary): Promise<string | undefined> {
  const store = sandbox.services.stores.get(repository.id);
  if (!store || summary.mergeSha === null) return undefined;
  const commit = await store.readCommit(summary.mergeSha);
  const base = commit?.parents[0];
  if (base === undefined) return undefined;
  const diff = (await store.diffText(base, summary.mergeSha)).split("\n");
  const shown = diff.slice(0, 60).map((line) => `  ${line}`);
  return diff.length > 60 ? [...shown, `  … ${diff.length - 60} more lines`].join("\n") : shown.join("\n");
}

/** What a newcomer can try next. */
export function nextSteps(keep: string | undefined): string {
  const lines = [
    "\nNext",
    "  npm start -- --repo PATH --issue ISSUE.md --agent 'COMMAND'   your repository, your issue, your agent",
    "  npm start -- --repo PATH --backlog DIR --agent 'COMMAND'      a folder of issues, with a board",
    "  npm start -- --hostile                                        the same while everything goes wrong",
    "  npm start -- --approve wait                                   be the reviewer yourself",
    "  npm start -- --keep DIR                                       look at repositories and logs afterwards",
    "  npm run cairn -- --help                                       everything else",
  ];
  if (keep) lines.push(`  git -C ${keep}/repositories/acme/*.git log --oneline --all     what was kept`);
  return lines.join("\n");
}
