/** What people ask for on the issue, by its events and comments, and whether they may. */
import { arrivalOf, askedBy, isReadyByApp, needEntryLabel, pendingActs } from "../../core/acts.ts";
import type { ChainState } from "../../core/chain.ts";
import type { Ledger } from "../../core/ledger.ts";
import type { JudgedAct, ReopeningView } from "../../core/snapshot.ts";
import { isQuestioned, wantOf } from "../../core/weigh.ts";
import type { Act } from "../../core/words.ts";
import type { CommentInfo, IssueEventInfo } from "../../github/ports.ts";
import type { Hint } from "../target.ts";
import { answerActs } from "./answers.ts";
import { createCommands } from "./commands.ts";
import type { Reader } from "./reader.ts";
import { createRights } from "./rights.ts";

/** How the label is called by which people ask for work. */
export interface EntryLabel {
  /** As it was last read, by this process or in this look. */
  known(): string;
  /** By the configuration as it is now. */
  read(): Promise<string>;
}

export interface Asked {
  /** Whether this account may ask Cairn for work. */
  mayAsk(login: string): Promise<boolean>;
  /** Whether comments are worth a read of their own for the commands in them. */
  wantsComments(): boolean;
  /**
   * Acts that nobody has consumed, each judged, oldest first. `labels`: those that the issue has; `comments`: as far as
   * they were read, and `ledger` as far as they tell it; `onPulls`: comments on its pull requests, where commands count and
   * answers to questions do not.
   */
  acts(
    labels: readonly string[],
    comments: readonly CommentInfo[],
    onPulls: readonly CommentInfo[],
    ledger: Ledger | undefined,
  ): Promise<readonly JudgedAct[]>;
  /** Of the events that were read for `acts`: what labels show may be nothing that anybody asked for here. */
  isReadyByApp(): boolean;
  /** Who changed the issue's title at or after `since`, as far as its events were read; `null`: an account that is gone. */
  retitledSince(since: number): readonly (string | null)[];
  /** Who opened the issue again last, and whether they may ask for work. */
  lastReopening(): Promise<ReopeningView>;
  /** Who changed the title last, and into what; `undefined`: GitHub shows nobody. */
  lastRename(): Promise<Rename | undefined>;
}

export interface Rename {
  readonly to: string | null;
  /** `null`: the account is gone. */
  readonly actor: IssueEventInfo["actor"];
  readonly at: number;
}

export function createAsked(reader: Reader, hint: Hint, entryLabel: EntryLabel): Asked {
  const { site, state, note } = reader;
  const rights = createRights(reader);
  const commands = createCommands(reader);
  let events: readonly IssueEventInfo[] | undefined;

  async function readEvents(): Promise<readonly IssueEventInfo[]> {
    events ??= note(await site.reads.issueEvents(site.issue.number));
    return events;
  }

  async function byLabel(labels: readonly string[]): Promise<readonly Act[]> {
    // What the name has been since is found by the next sweep: here it only says whether events are worth a read (I10).
    const shown = labels.some((label) => askedBy(label, entryLabel.known()));
    if (hint === "work" && !shown && !maySurprise(state())) return [];
    const found = await readEvents();
    const chain = state() ?? { acts: [] };
    const label = needEntryLabel(found, chain, site.app) ? await entryLabel.read() : entryLabel.known();
    return pendingActs(found, chain, site.app, label);
  }

  /** Commands that were written where the issue was before it came here: only where no chain says what was consumed. */
  async function writtenHere(found: readonly Act[]): Promise<readonly Act[]> {
    if (found.length === 0 || state()) return found;
    const arrival = arrivalOf(await readEvents());
    return arrival ? found.filter(({ at }) => at >= arrival.createdAt) : found;
  }

  return {
    mayAsk: rights.mayAsk,
    wantsComments: () => hint !== "work" || maySurprise(state()),
    async acts(labels, comments, onPulls, ledger) {
      const written = [
        ...(await writtenHere(await commands.pending([...comments, ...onPulls], state()?.acts ?? []))),
        ...(await answerActs(comments, ledger, state(), rights.mayAsk)),
      ];
      const judged: JudgedAct[] = [];
      for (const act of [...(await byLabel(labels)), ...written]) judged.push(await rights.judge(act));
      // Times are whole seconds: of what happened in the same one nobody can say what came first.
      return judged.sort((a, b) => a.at - b.at);
    },
    isReadyByApp: () =>
      isReadyByApp(events ?? [], site.app, entryLabel.known()) || arrivalOf(events ?? []) !== undefined,
    retitledSince: (since) =>
      (events ?? [])
        .filter((one) => one.event === "renamed" && one.createdAt >= since)
        .map((one) => one.actor?.login ?? null),
    async lastReopening() {
      const all = (await readEvents()).filter(({ event }) => event === "closed" || event === "reopened");
      const last = [...all].sort((a, b) => a.id - b.id).at(-1);
      // The issue was read as open: where it was closed last, one of the two reads is old.
      if (last?.event !== "reopened") return { kind: "unclear" };
      const { id, actor, appId, createdAt: at } = last;
      const isPerson = actor !== null && actor.id !== site.app.botId && appId !== site.app.appId;
      return { kind: "by", id, actor, at, permitted: isPerson && (await rights.mayAsk(actor.login)) };
    },
    async lastRename() {
      const renames = (await readEvents()).filter(({ event }) => event === "renamed");
      const last = [...renames].sort((a, b) => a.id - b.id).at(-1);
      return last && { to: last.title, actor: last.actor, at: last.createdAt };
    },
  };
}

/**
 * Whether an act may count whose label is gone. Behind a fence, and where no edge is open and none is held back, the
 * next thing is decided for good: somebody may have stopped the run before, or wait for the text.
 */
function maySurprise(state: ChainState | undefined): boolean {
  if (!state) return false;
  if (state.open) return state.open.cancel !== null;
  return state.hold === null || isQuestioned(state) || state.questions.length > 0;
}

/** When somebody with the right asked for work last, ms; `undefined`: nobody did. */
export const lastAsked = (acts: readonly JudgedAct[] | undefined): number | undefined =>
  acts?.filter((one) => one.permitted && wantOf(one) === "ready").at(-1)?.at;
