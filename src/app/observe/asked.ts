/** What people ask for on the issue, and whether they may: its events, and the permission API. */
import { ASKING, isReadyByApp, pendingActs } from "../../core/acts.ts";
import type { ChainState } from "../../core/chain.ts";
import type { JudgedAct } from "../../core/snapshot.ts";
import { wantOf } from "../../core/weigh.ts";
import type { CommentInfo, IssueEventInfo, Permission } from "../../github/ports.ts";
import { mayWrite } from "../../policy/authority.ts";
import type { Hint } from "../target.ts";
import { createCommands } from "./commands.ts";
import type { Reader } from "./reader.ts";

export interface Asked {
  /** Whether this account may ask Cairn for work. Asked of GitHub once in a look. */
  mayAsk(login: string): Promise<boolean>;
  /** Whether comments are worth a read of their own for the commands in them. */
  wantsComments(): boolean;
  /**
   * Acts that nobody has consumed, each judged, oldest first. `labels`: those that the issue has; `comments`: as far as
   * they were read.
   */
  acts(labels: readonly string[], comments: readonly CommentInfo[]): Promise<readonly JudgedAct[]>;
  /** Of the events that were read for `acts`. */
  isReadyByApp(): boolean;
  /** Who changed the issue's title at or after `since`, as far as its events were read; `null`: an account that is gone. */
  retitledSince(since: number): readonly (string | null)[];
  /** Who changed the title last, and into what; `undefined`: GitHub shows nobody. */
  lastRename(): Promise<Rename | undefined>;
}

export interface Rename {
  readonly to: string | null;
  /** `null`: the account is gone. */
  readonly actor: IssueEventInfo["actor"];
  readonly at: number;
}

export function createAsked(reader: Reader, hint: Hint): Asked {
  const { site, state, note } = reader;
  const permissions = new Map<string, Permission>();
  let events: readonly IssueEventInfo[] | undefined;
  const commands = createCommands(reader, permissionOf);

  async function permissionOf(login: string): Promise<Permission> {
    const permission = permissions.get(login) ?? note(await site.reads.permission(login));
    permissions.set(login, permission);
    return permission;
  }

  const mayAsk = async (login: string): Promise<boolean> => mayWrite(await permissionOf(login));

  async function readEvents(): Promise<readonly IssueEventInfo[]> {
    events ??= note(await site.reads.issueEvents(site.issue.number));
    return events;
  }

  async function byLabel(labels: readonly string[]): Promise<readonly JudgedAct[]> {
    const shown = labels.some((label) => ASKING.has(label));
    if (hint === "work" && !shown && !maySurprise(state())) return [];
    const judged: JudgedAct[] = [];
    for (const act of pendingActs(await readEvents(), state() ?? { acts: [] }, site.app)) {
      judged.push({ ...act, permitted: await mayAsk(act.actor.login) });
    }
    return judged;
  }

  return {
    mayAsk,
    wantsComments: () => hint !== "work" || maySurprise(state()),
    async acts(labels, comments) {
      const written = await commands.pending(comments, state()?.acts ?? []);
      // Times are whole seconds: of what happened in the same one nobody can say what came first.
      return [...(await byLabel(labels)), ...written].sort((a, b) => a.at - b.at);
    },
    isReadyByApp: () => isReadyByApp(events ?? [], site.app),
    retitledSince: (since) =>
      (events ?? [])
        .filter((one) => one.event === "renamed" && one.createdAt >= since)
        .map((one) => one.actor?.login ?? null),
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
  return state.hold === null || state.questions.length > 0;
}

/** When somebody with the right asked for work last, ms; `undefined`: nobody did. */
export const lastAsked = (acts: readonly JudgedAct[] | undefined): number | undefined =>
  acts?.filter((one) => one.permitted && wantOf(one) === "ready").at(-1)?.at;
