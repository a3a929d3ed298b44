/** What people ask for on the issue, and whether they may: its events, and the permission API. */
import { ASKING, type IssueEvent, pendingActs } from "../../core/acts.ts";
import type { ChainState } from "../../core/chain.ts";
import type { JudgedAct } from "../../core/snapshot.ts";
import { mayWrite } from "../../policy/authority.ts";
import type { Hint } from "../target.ts";
import type { Reader } from "./reader.ts";

export interface Asked {
  /** Whether this account may ask Cairn for work. Asked of GitHub once in a look. */
  mayAsk(login: string): Promise<boolean>;
  /** Acts that nobody has consumed, each judged. `labels`: those that the issue has. */
  acts(labels: readonly string[]): Promise<readonly JudgedAct[]>;
  /** Who changed the issue's title at or after `since`, as far as its events were read; `null`: an account that is gone. */
  retitledSince(since: number): readonly (string | null)[];
}

export function createAsked({ site, state, note }: Reader, hint: Hint): Asked {
  const permissions = new Map<string, boolean>();
  let events: readonly IssueEvent[] | undefined;

  async function mayAsk(login: string): Promise<boolean> {
    const known = permissions.get(login);
    if (known !== undefined) return known;
    const may = mayWrite(note(await site.reads.permission(login)));
    permissions.set(login, may);
    return may;
  }

  return {
    mayAsk,
    async acts(labels) {
      const shown = labels.some((label) => ASKING.has(label));
      if (hint === "work" && !shown && !maySurprise(state())) return [];
      events ??= note(await site.reads.issueEvents(site.issue.number));
      const judged: JudgedAct[] = [];
      for (const act of pendingActs(events, state()?.acts ?? [], site.app)) {
        judged.push({ ...act, permitted: await mayAsk(act.actor.login) });
      }
      return judged;
    },
    retitledSince: (since) =>
      (events ?? [])
        .filter((one) => one.event === "renamed" && one.createdAt >= since)
        .map((one) => one.actor?.login ?? null),
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
  acts?.filter((one) => one.permitted && one.kind === "ready").at(-1)?.at;
