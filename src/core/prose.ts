/** What people read above a marker: short, and in words that stay true when the page is read a year later. */
import { updatesHead } from "./base-update.ts";
import { inertText } from "./commands/inert.ts";
import { repliesOf } from "./commands/replies.ts";
import { ENTRY_LABEL } from "./entry-label.ts";
import { HOLDS, nextOf } from "./holds.ts";
import type {
  AlarmMarker,
  HoldMarker,
  IntentMarker,
  Marker,
  QuestionMarker,
  RefusalMarker,
  ResultMarker,
} from "./marker.ts";
import { minutes } from "./plan.ts";
import { quoted, quotedUpTo } from "./quoted.ts";
import { TRIAGE } from "./triage.ts";
import type { Edge, Effect, LostAttempt } from "./words.ts";

/**
 * Text for a marker's comment. Text that others wrote is quoted as code, so that it mentions and links nobody; no line
 * of it is a command. `entryLabel`: what is to be set where it says so.
 */
export const proseOf = (marker: Marker, entryLabel = ENTRY_LABEL): string =>
  inertText(wordsFor(marker, entryLabel));

function wordsFor(marker: Marker, entryLabel: string): string {
  switch (marker.type) {
    case "intent":
      return intent(marker);
    case "result":
      return result(marker);
    case "hold":
      return hold(marker, entryLabel);
    case "question":
      return question(marker);
    case "refusal":
      return refusal(marker);
    case "answer":
      return repliesOf(marker.says, entryLabel);
    case "alarm":
      return alarm(marker);
  }
}

const WILL: Readonly<Record<IntentMarker["edge"], string>> = {
  implement: "Cairn will implement this",
  fix: "Cairn will mend what it has published",
  review: "Cairn will have this reviewed by a command",
  merge: "Cairn will merge this",
  route: "Cairn will open this in the repository that it belongs to",
};

const UPDATES = "Cairn will bring this up to date";

function intent(marker: IntentMarker): string {
  const turn = `generation ${marker.generation}, ${marker.edge === "fix" ? "round" : "attempt"} ${marker.attempt}`;
  return [
    `**${marker.edge === "merge" && updatesHead(marker) ? UPDATES : WILL[marker.edge]}** (${turn}), because ${quoted(marker.why)}.`,
    "",
    ...(marker.mends
      ? [`- give the agent what the check said of ${marker.edge}/${marker.mends.attempt}, as data`]
      : []),
    ...(marker.triages ? ["- ask the triage command about the text first, without any token"] : []),
    ...marker.effects.map((effect) => `- ${wordsOf(effect, marker.edge)}`),
    "",
    ...(marker.budget === null ? [] : [`The agent has ${minutes(marker.budget)} of work left.`]),
    `Nothing else. Read at commit ${marker.pins.commit.slice(0, 12)} of \`${marker.pins.base}\`; ` +
      `to be taken up until ${new Date(marker.until).toISOString()}. Set \`cairn:hold\` to stop it.`,
  ].join("\n");
}

function wordsOf(effect: Effect, edge: Edge): string {
  switch (effect.kind) {
    case "agent.run":
      return `run the ${edge === "review" ? "review command" : "agent"} once, without any token`;
    case "branch.create":
      return `publish its work, if it passes the checks, as one commit on \`${effect.branch}\``;
    case "branch.push":
      if (effect.merges !== undefined)
        return `merge ${effect.merges.slice(0, 12)}, with which it conflicts, into #${effect.pull} by its work, if that passes the checks, on ${effect.head.slice(0, 12)} and nothing else`;
      return `add its work, if it passes the checks, as one commit to #${effect.pull}, on ${effect.head.slice(0, 12)} and nothing else`;
    case "branch.update":
      return `merge the base into #${effect.pull} at ${effect.head.slice(0, 12)}, on that commit and no other; the checks and the reviews of what comes of it follow`;
    case "pull.create":
      return `open a ${effect.draft ? "draft of a " : ""}pull request from \`${effect.branch}\` into \`${effect.base}\``;
    case "pull.close":
      return `close #${effect.pull}, which this work replaces`;
    case "review.request":
      return `ask ${effect.reviewers.map((login) => `\`${login}\``).join(", ")} for ${effect.after === undefined ? "a" : "another"} review`;
    case "review.post":
      return `post what it says of ${effect.head.slice(0, 12)} as a review of #${effect.pull}`;
    case "merge.enqueue":
      return `put #${effect.pull} at ${effect.head.slice(0, 12)} into the merge queue of its base, that commit and no other`;
    case "merge":
      return `merge #${effect.pull} at ${effect.head.slice(0, 12)} (${effect.method}), that commit and no other`;
    case "issue.create":
      return `open it as an issue of \`${effect.name}\`, once, for \`${effect.asker.login}\``;
  }
}

function result(marker: ResultMarker): string {
  const run = `run ${marker.run.id}, attempt ${marker.run.attempt}`;
  const { what, longest } = HOLDS[marker.reason];
  const tree = marker.tree === undefined ? "" : `, tree ${marker.tree.slice(0, 12)}`;
  if (isPublished(marker))
    return `**${marker.edge}/${marker.attempt} was done**, but for this: ${quoted(marker.detail)} (${run})`;
  return `**${marker.edge}/${marker.attempt} was not done**: ${what} ${quotedUpTo(longest, marker.detail)} (${run}${tree})`;
}

/** Some of the reviewers could not be asked, and nothing else is missing. */
const isPublished = ({ reason, effects }: ResultMarker): boolean =>
  reason === "publish-refused" && isDone(effects);

/** Whether all was done that can be seen: of an agent nothing is left but what was published of its work. */
export const isDone = (effects: ResultMarker["effects"]): boolean =>
  Object.entries(effects).every(([key, fate]) => fate === "applied" || key.startsWith("agent.run:"));

/** The run that led to it, where one did. */
const pageOf = ({ run }: HoldMarker): string => (run ? ` ([run ${run.id}](${run.url}))` : "");

/** What Cairn opened itself is a link; all other words stand as code. */
const detailOf = ({ reason, detail }: HoldMarker): string =>
  reason === "routed" && ISSUE.test(detail) ? detail : quotedUpTo(HOLDS[reason].longest, detail);

/** `owner/name#5` */
const ISSUE = /^[A-Za-z0-9-]+\/[\w.-]+#\d+$/;

function hold(marker: HoldMarker, entryLabel: string): string {
  const { what } = HOLDS[marker.reason];
  return [
    `**${marker.reason === "cancelled" ? "Cancelled" : "On hold"}**: ${what} ${detailOf(marker)}${pageOf(marker)}`.trimEnd(),
    ...(marker.evidence.length > 0 ? ["", ...marker.evidence.map(evidence)] : []),
    "",
    nextOf(marker.reason, entryLabel),
  ].join("\n");
}

const evidence = ({ attempt, run, url, conclusion, worked, red, said }: LostAttempt): string => {
  const page = `[run ${run.id}](${url})`;
  if (said !== undefined) return `- attempt ${attempt}: ${page} merged nothing, ${quoted(said)}`;
  const end = red
    ? `in ${page} the check said no to tree ${red.tree.slice(0, 12)}, ${quoted(red.said)}`
    : `${page} ended as \`${conclusion}\``;
  return `- attempt ${attempt}: ${end}; its agent was at work for ${minutes(worked)}`;
};

const THEN =
  "Then Cairn looks again by itself; the label need not be set again. Only where the last edit is by somebody without write access, somebody who has it reads the text and sets the label again.";

function question({ findings }: QuestionMarker): string {
  const copy = findings.flatMap(({ code }) => TRIAGE[code].copy);
  const next = [...new Set(findings.map(({ code }) => TRIAGE[code].next))];
  return [
    "**Cairn does not take this yet.**",
    "",
    ...findings.map(({ code, detail, why = "" }) =>
      `- ${TRIAGE[code].what} ${quoted(detail)} ${quoted(why)}`.trimEnd(),
    ),
    ...(copy.length > 0 ? ["", "To copy into the issue's text:", "", "```markdown", ...copy, "```"] : []),
    "",
    `${next.join(" ")} ${THEN}`,
  ].join("\n");
}

function refusal(marker: RefusalMarker): string {
  return `**Not done**: ${quoted(marker.detail)}.`;
}

function alarm(marker: AlarmMarker): string {
  const { what } = HOLDS[marker.reason];
  const head = marker.head === null ? "It is gone." : `It is at ${marker.head}.`;
  return [`**On hold**: ${what} ${head} ${quoted(marker.detail)}`.trimEnd(), "", nextOf(marker.reason)].join(
    "\n",
  );
}
