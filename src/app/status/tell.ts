/**
 * The status comment: one for each issue that Cairn works on, edited in place when what it says changes
 * (docs/adr/0016-status-comment.md). It comes behind all else that a look does, and whatever becomes of it changes nothing
 * about the issue.
 */
import { type Behind, Refusal, type Site } from "../../barrier/index.ts";
import { sha256 } from "../../core/canonical.ts";
import type { Rest } from "../../core/decision.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import type { IssueState } from "../../core/states.ts";
import { isQueued, statusKey, statusText } from "../../core/status-comment.ts";
import { type Standing, signed, statusesOf } from "../../core/status-sign.ts";
import { createStatus, deleteStatus, editStatus } from "../../effects/index.ts";
import { GitHubError } from "../../github/errors.ts";
import type { Outcome } from "../../github/outcome.ts";
import type { RepositoryInfo } from "../../github/ports.ts";
import type { PastVerdicts } from "../graduation.ts";
import type { Observer } from "../observe/index.ts";
import type { KnownStatus } from "./known.ts";
import { QUARTER, type Ration } from "./ration.ts";
import { readCost, readPast } from "./read.ts";
import { readTrial } from "./trial.ts";

export interface StatusContext {
  readonly site: Site;
  readonly observer: Observer;
  readonly known: KnownStatus;
  readonly verdicts: PastVerdicts;
  readonly ration: Ration;
  readonly repository: RepositoryInfo;
  readonly workflowFile: string;
  /** This look has moved the chain, so that no other process is where it is. */
  readonly made: boolean;
  readonly log: (act: string) => void;
}

/** Milliseconds for which something that is mostly over within seconds is not worth an edit. */
const LASTS = 60_000;
/** Of one comment, so many writes in a minute: a state that flaps costs no more. */
const WRITES = 4;
const MINUTE = 60_000;
/** Milliseconds before what came to nothing is tried again: twice as many each time, and then no more for its own sake. */
const FIRST_PAUSE = 30_000;
const TRIES = 6;

/** States in which it is created, beside those of an issue that waits for work to begin. What has ended before there was one, or before there were any, gets none. */
const AT_WORK: ReadonlySet<IssueState> = new Set(["implementing", "reviewing", "merging", "routing"]);
/** States in which nothing else may bring a look that would find out what is still open. */
const AT_REST: ReadonlySet<IssueState> = new Set(["done", "hold"]);

/** Milliseconds after which another look is worth it; `null`: not for this. Whatever GitHub says, the issue goes on. */
export async function tellStatus(context: StatusContext, rest: Rest): Promise<number | null> {
  const { observer, known } = context;
  const now = observer.snapshot()?.now ?? 0;
  try {
    return (await tell(context, rest)) ?? checkIn(known, rest, now);
  } catch (error) {
    // The head was read too long ago.
    if (error instanceof Refusal) return 1_000;
    if (!(error instanceof GitHubError)) throw error;
    return error.kind === "moved" ? null : putOff(known, now, error.retryAfter);
  }
}

/** At rest nothing else may bring the look that finds a second one. */
function checkIn({ checkAt }: KnownStatus, { state }: Rest, now: number): number | null {
  return checkAt !== undefined && checkAt > now && AT_REST.has(state) ? checkAt - now : null;
}

async function tell(context: StatusContext, rest: Rest): Promise<number | null> {
  const { site, observer, known } = context;
  const snapshot = observer.snapshot();
  if (!snapshot || !isWanted(context, rest)) return null;
  const { now, settings } = snapshot;
  const { key, gist, passing } = statusKey(snapshot, rest);
  if (known.wanted?.gist !== gist) known.wanted = { gist, since: now };
  const seen = observer.listed();
  const check = known.checkAt !== undefined && now >= known.checkAt;
  const altered = now - known.at >= settings.quietPeriod && isAltered(context, seen);
  if (known.key === key && !check && !altered) return null;
  // Of places in a queue the look that comes anyway tells: none comes for their sake.
  if (known.gist === gist && known.key !== key && now - known.at < QUARTER && !altered && !check) return null;
  if (isQueued(rest) && known.key !== key && !mayTell(context, now)) return null;
  const lasted = now - known.wanted.since;
  if (known.key !== key && passing && lasted < LASTS) return LASTS - lasted;
  const due = dueAt(known, now);
  if (now < due) return due - now;
  const list = known.id === undefined || check ? await observer.listComments() : seen;
  // I6: what a short list lacks may be there.
  if (!list && (known.id === undefined || known.key === key)) return putOff(known, now, undefined);
  const own = statusesOf(list ?? [], site.issue, site.app.appId);
  if (check && list) known.checkAt = undefined;
  await keepFirst(context, own, now);
  const text = await textOf(context, rest);
  if (known.id === undefined) return create(context, rest, { key, gist }, text);
  const shown = own.find(({ id }) => id === known.id)?.body;
  if (shown === signed(text, site.issue, standingNow(context, rest))) {
    said(known, { key, gist }, shown, now);
    return null;
  }
  return edit(context, rest, known.id, { key, gist }, text);
}

/**
 * An issue that nobody has asked for work on has none. Where the chain is not to be trusted, or nobody asks any more, the one
 * that is there says so.
 */
function isWanted({ site, observer, known }: StatusContext, rest: Rest): boolean {
  const chain = observer.chain();
  if (chain.kind === "sound" && chain.state.generation > 0) return true;
  if (isQueued(rest) && chain.kind !== "foreign") return true;
  return known.id !== undefined || statusesOf(observer.listed() ?? [], site.issue, site.app.appId).length > 0;
}

/** What waits with many others is told as far as there is room, else with a look that comes later anyway. */
function mayTell({ site, known, ration }: StatusContext, now: number): boolean {
  known.rationed ||= ration.take(site.issue.repository, now);
  return known.rationed;
}

/** Of a chain that is gone it stays a trace: then the issue is on hold (I2). */
const standingNow = ({ observer }: StatusContext, { state }: Rest): Standing =>
  observer.chain().kind === "absent" && state !== "hold" ? "waiting" : "begun";

/** Somebody has written into it: it is told anew, whatever it is. */
function isAltered({ known }: StatusContext, seen: ReturnType<Observer["listed"]>): boolean {
  const shown = seen?.find(({ id }) => id === known.id);
  return shown !== undefined && known.body !== undefined && sha256(shown.body) !== known.body;
}

function dueAt(known: KnownStatus, now: number): number {
  known.written = known.written.filter((at) => now - at < MINUTE);
  const [first = now] = known.written;
  return Math.max(known.notBefore, known.written.length < WRITES ? now : first + MINUTE);
}

/** The one with the lowest id counts; what else there is was written twice, and goes. */
async function keepFirst(
  { site, observer, known, log }: StatusContext,
  own: readonly { readonly id: number }[],
  now: number,
): Promise<void> {
  const ids = new Set([...own.map(({ id }) => id), ...(known.id === undefined ? [] : [known.id])]);
  const [first, ...more] = [...ids].sort((a, b) => a - b);
  if (first !== known.id) {
    known.id = first;
    known.key = undefined;
    known.gist = undefined;
  }
  for (const id of more) {
    log(`status: comment ${id} is one too many`);
    const end = await deleteStatus(site, observer.step() ?? "distrusted", id);
    if (end.kind !== "applied") known.checkAt = now + FIRST_PAUSE;
  }
}

async function textOf(context: StatusContext, rest: Rest): Promise<string> {
  const { site, observer, known, repository, workflowFile } = context;
  const chain = observer.chain();
  const published = chain.kind === "sound" && chain.state.applied.includes("implement");
  // As any other look would see it: what is told must not depend on what this one had to read.
  if (published && !observer.snapshot()?.pulls) await observer.look("pulls");
  const past = chain.kind === "sound" ? await readPast(site, chain) : [];
  const worked = chain.kind === "sound" ? await readCost(site, chain, rest, past, known) : null;
  const snapshot = observer.snapshot() as Snapshot;
  const trial = rest.code === "merge-shadow" ? await readTrial(context, context.verdicts) : [];
  return statusText({ snapshot, rest, past, worked, trial, repositoryUrl: repository.url, workflowFile });
}

/** What the comment says, by its names. */
interface Saying {
  readonly key: string;
  readonly gist: string;
}

async function create(
  context: StatusContext,
  rest: Rest,
  saying: Saying,
  text: string,
): Promise<number | null> {
  const { site, observer, known, log } = context;
  const { now, settings } = observer.snapshot() as Snapshot;
  const standing = standingNow(context, rest);
  const step = observer.step() ?? (standing === "waiting" ? standing : undefined);
  const isDue = AT_WORK.has(rest.state) || isQueued(rest);
  // Nobody can tell one that was deleted from one that was never written: it comes back with the next change, while there is work.
  if (!step || !isDue || known.deletedAt === saying.key) {
    known.key = saying.key;
    return null;
  }
  const from = Math.max(known.createAfter, step === "waiting" ? 0 : othersFrom(context, step));
  if (now < from) return from - now;
  log("status: create");
  const end = await createStatus(site, step, text);
  if (end.kind === "applied") {
    known.id = end.value.id;
    known.checkAt = now + settings.quietPeriod;
    said(known, saying, signed(text, site.issue, standing), now, "written");
    return null;
  }
  // I4: it may land yet. Only behind the quiet period a list tells, and at rest nothing else would bring the look that reads it.
  if (end.kind === "unknown") {
    known.createAfter = now + settings.quietPeriod;
    known.checkAt = known.createAfter;
  }
  return failed(known, now, end);
}

/** Whoever made the step writes first; others only where that is surely over, and can be seen. GitHub's clock, ms. */
function othersFrom({ observer, known, made }: StatusContext, { view }: Behind): number {
  const { generation } = view.state;
  if (made) known.mine = generation;
  return known.mine === generation ? 0 : view.at + (observer.snapshot()?.settings.quietPeriod ?? 0);
}

async function edit(
  context: StatusContext,
  rest: Rest,
  id: number,
  saying: Saying,
  text: string,
): Promise<number | null> {
  const { site, observer, known, log } = context;
  const standing = standingNow(context, rest);
  const { now, settings } = observer.snapshot() as Snapshot;
  log(`status: edit comment ${id}`);
  // Until an answer says otherwise nobody knows what it says.
  known.key = undefined;
  known.gist = undefined;
  const without = standing === "waiting" ? standing : "distrusted";
  const end = await editStatus(site, observer.step() ?? without, id, text);
  if (end.kind === "applied") {
    said(known, saying, signed(text, site.issue, standing), now, "written");
    return null;
  }
  if (end.kind === "refused" && end.status === 404) {
    // Another process has kept another one, or somebody deleted it: the list tells.
    known.id = undefined;
    known.deletedAt = saying.key;
    known.createAfter = now + settings.quietPeriod;
    return 2_000;
  }
  // I4: it may land behind what is written next, and nothing else would bring the look that sees it.
  if (end.kind === "unknown") known.checkAt = now + settings.quietPeriod;
  return failed(known, now, end);
}

function said(
  known: KnownStatus,
  { key, gist }: Saying,
  body: string,
  now: number,
  how: "written" | "seen" = "seen",
): void {
  known.key = key;
  known.gist = gist;
  known.rationed = false;
  known.body = sha256(body);
  known.failures = 0;
  if (how === "seen") return;
  known.at = now;
  known.written = [...known.written, now];
}

const failed = (
  known: KnownStatus,
  now: number,
  end: Exclude<Outcome<unknown>, { kind: "applied" }>,
): number | null =>
  putOff(known, now, end.kind === "refused" && end.retryAt !== undefined ? end.retryAt - now : undefined);

function putOff(known: KnownStatus, now: number, pause: number | undefined): number | null {
  const wait = Math.max(1_000, pause ?? FIRST_PAUSE * 2 ** known.failures);
  if (pause === undefined) known.failures += 1;
  known.notBefore = now + wait;
  return known.failures > TRIES ? null : wait;
}
