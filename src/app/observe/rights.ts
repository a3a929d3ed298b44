/** Who may ask for what, by GitHub's permission and the authority file: the same for a label and for a command. */
import type { Verb } from "../../core/commands/table.ts";
import type { JudgedAct } from "../../core/snapshot.ts";
import type { Act } from "../../core/words.ts";
import { askRights, readAuthority } from "../../policy/ask-rights.ts";
import type { AuthorityResult } from "../../policy/authority-file.ts";
import type { CommandRight } from "../../policy/may-command.ts";
import { pathsOf } from "../../policy/overrides.ts";
import type { Reader } from "./reader.ts";

export interface Rights {
  judge(act: Act): Promise<JudgedAct>;
  /** Whether this account may ask Cairn for work. */
  mayAsk(login: string): Promise<boolean>;
}

/** File, permissions and memberships are asked of GitHub once in a look, and only where somebody asks for something. */
export function createRights({ site, repository, note }: Reader): Rights {
  const ask = askRights(site.reads, note);
  let authority: AuthorityResult | undefined;

  async function rightOf(verb: Verb, login: string, paths: readonly string[] = []): Promise<CommandRight> {
    authority ??= await readAuthority(site.reads, repository.defaultBranch, repository);
    return ask(verb, login, authority, paths);
  }

  return {
    async judge(act) {
      const verb = verbOf(act);
      const paths = pathsOf(act.command?.overrides ?? []);
      const right = await rightOf(verb, act.actor.login, paths);
      if (right.kind === "allowed") return { ...act, permitted: true };
      const refusal = { reason: right.reason, words: `${right.what} ${right.next}` };
      return { ...act, permitted: false, refusal };
    },
    mayAsk: async (login) => (await rightOf("ready", login)).kind === "allowed",
  };
}

/** What somebody needs the right to. */
function verbOf({ kind }: Act): Verb {
  switch (kind) {
    case "asks":
    case "unreadable":
      return "help";
    case "edit":
    case "answer":
    case "reopen":
      return "ready";
    default:
      return kind;
  }
}
