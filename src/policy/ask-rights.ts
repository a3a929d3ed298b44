/** Who may what, asked of GitHub as far as it matters: the authority file, permissions, memberships in teams. */
import type { Verb } from "../core/commands/table.ts";
import type { GitHubReads, Permission, Read, TeamMembership } from "../github/ports.ts";
import {
  AUTHORITY_PATH,
  type AuthorityResult,
  type Owner,
  parseAuthority,
  teamsIn,
} from "./authority-file.ts";
import { type CommandRight, mayCommand, teamToAsk } from "./may-command.ts";

/**
 * The authority file at the newest commit of a branch. Whose repository it is is asked only where the file names teams;
 * `by`: where that is known. Throws `GitHubError`.
 */
export async function readAuthority(
  reads: Pick<GitHubReads, "ref" | "file" | "repository">,
  branch: string,
  by?: Owner,
): Promise<AuthorityResult> {
  const head = await reads.ref(`heads/${branch}`);
  const file = head && (await reads.file(AUTHORITY_PATH, head.value));
  const text = file?.value.text;
  const read = parseAuthority(text);
  return teamsIn(read).length === 0 ? read : parseAuthority(text, by ?? (await reads.repository()).value);
}

export type RightOf = (
  verb: Verb,
  login: string,
  authority: AuthorityResult,
  paths?: readonly string[],
) => Promise<CommandRight>;

interface Person {
  readonly permission: Permission;
  readonly teams: Map<string, TeamMembership>;
}

/**
 * What is asked stays known as long as this does, which is one look: each permission and each membership is one read. A
 * read that fails throws its `GitHubError`: nobody is let in by it. `note` is told of each read.
 */
export function askRights(
  reads: Pick<GitHubReads, "permission" | "teamMembership">,
  note: <T>(read: Read<T>) => T = ({ value }) => value,
): RightOf {
  const people = new Map<string, Person>();

  async function personOf(login: string): Promise<Person> {
    const known = people.get(login);
    if (known) return known;
    const person = { permission: note(await reads.permission(login)), teams: new Map() };
    people.set(login, person);
    return person;
  }

  return async (verb, login, authority, paths = []) => {
    const { permission, teams } = await personOf(login);
    const who = { login, permission, teams };
    for (;;) {
      const team = teamToAsk(verb, who, authority, { paths });
      if (team === undefined) return mayCommand(verb, who, authority, { paths });
      teams.set(team.toLowerCase(), note(await reads.teamMembership(team, login)));
    }
  };
}
