/** Whether somebody may give a command, by GitHub's permission and the authority file. Pure; asked anew for each act. */
import { COMMANDS, type Right, type Verb } from "../core/commands/table.ts";
import type { Permission } from "../github/ports.ts";
import { AUTHORITY_PATH, type AuthorityResult, type Named, type Rule } from "./authority-file.ts";
import { problemWords } from "./yaml-file.ts";

export interface Who {
  readonly login: string;
  /** On this repository, from the permission API. */
  readonly permission: Permission;
  /** Slugs of the teams of the repository's organisation that they belong to. */
  readonly teams: readonly string[];
}

export type RightRefusal =
  /** No file names anybody, and the permission does not do. */
  | "no-right"
  /** The file names others. */
  | "not-named"
  /** Named, and without triage permission here. */
  | "no-access"
  /** Named, and the permission does not do for what lets something be merged. */
  | "not-by-file"
  /** The file cannot be used, so nobody knows who may. */
  | "file-unusable";

export type CommandRight =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      readonly reason: RightRefusal;
      /** One sentence: why not. */
      readonly what: string;
      /** One sentence: who can. */
      readonly next: string;
    };

/**
 * `paths`: what the act is about, where that is paths: all must be allowed. What stops work, and what only asks, goes
 * on under a file that cannot be used: nobody is to repair a file before they can stop an agent.
 */
export function mayCommand(
  verb: Verb,
  who: Who,
  authority: AuthorityResult,
  { paths = [] }: { readonly paths?: readonly string[] } = {},
): CommandRight {
  const { does } = COMMANDS[verb];
  if (authority.kind === "invalid" && (does === "starts" || does === "allows")) {
    return refused("file-unusable", {
      what: `Nobody knows who may \`${verb}\`: ${problemWords(AUTHORITY_PATH, authority.problems)}.`,
      next: `Somebody with write access corrects \`${AUTHORITY_PATH}\`.`,
    });
  }
  const rule = authority.kind === "valid" ? authority.file[verb] : undefined;
  const said = paths.length === 0 ? [generalOf(rule)] : paths.flatMap((path) => rulesOf(rule, path));
  for (const named of said) {
    const refusal = named ? judgeNamed(verb, who, named) : judgeRight(verb, who);
    if (refusal) return refusal;
  }
  return { kind: "allowed" };
}

/** Whom the rule names for acts that no path of it is about; `undefined`: the permission decides. */
const generalOf = (rule: Rule | undefined): Named | undefined =>
  rule?.users || rule?.teams ? rule : undefined;

/** Whom the rule names for a path: the nearest one around it, and all within it, where it is a folder. */
function rulesOf(rule: Rule | undefined, path: string): readonly (Named | undefined)[] {
  const all = Object.entries(rule?.paths ?? {});
  const around = all
    .filter(([own]) => contains(own, path))
    .sort(([a], [b]) => bare(b).length - bare(a).length)
    .map(([, named]) => named);
  const within = all.filter(([own]) => !contains(own, path) && contains(path, own)).map(([, named]) => named);
  return [around[0] ?? generalOf(rule), ...within];
}

/** In any letters, as paths are reserved: some file systems tell none apart. */
const bare = (path: string): string => path.toLowerCase().replace(/\/$/, "");
const contains = (folder: string, path: string): boolean =>
  bare(path) === bare(folder) || bare(path).startsWith(`${bare(folder)}/`);

const ORDER: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
const reaches = (permission: Permission, right: Right): boolean =>
  ORDER.indexOf(permission) >= ORDER.indexOf(right);

function judgeRight(verb: Verb, { login, permission }: Who): CommandRight | undefined {
  const { right } = COMMANDS[verb];
  if (reaches(permission, right)) return undefined;
  return refused("no-right", {
    what: `\`${verb}\` needs ${right} permission on this repository, and ${login} has ${permission}.`,
    next: `Somebody with ${right} permission can do it.`,
  });
}

function judgeNamed(verb: Verb, { login, permission, teams }: Who, named: Named): CommandRight | undefined {
  const { does, right } = COMMANDS[verb];
  const least = does === "allows" ? right : "triage";
  const next = `${namesOf(named)} can do it, with ${least} permission or more.`;
  if (!has(named.users, [login]) && !has(named.teams, teams)) {
    return refused("not-named", {
      what: `\`${AUTHORITY_PATH}\` says who may \`${verb}\` here, and does not name ${login}.`,
      next,
    });
  }
  if (!reaches(permission, "triage")) {
    return refused("no-access", {
      what: `\`${AUTHORITY_PATH}\` names ${login}, who has ${permission} permission: a name alone gives nothing.`,
      next,
    });
  }
  if (reaches(permission, least)) return undefined;
  return refused("not-by-file", {
    what: `\`${verb}\` lets something be merged and needs ${right} permission; ${login} has ${permission}, and \`${AUTHORITY_PATH}\` cannot give it.`,
    next,
  });
}

/** Logins and slugs are the same in any letters. */
function has(list: readonly string[] | undefined, mine: readonly string[]): boolean {
  const own = new Set(mine.map((name) => name.toLowerCase()));
  return list?.some((name) => own.has(name.toLowerCase())) ?? false;
}

function namesOf({ users = [], teams = [] }: Named): string {
  const all = [...users, ...teams.map((team) => `members of the team ${team}`)];
  const text = all.join(", ").replace(/, (?!.*, )/, " or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const refused = (
  reason: RightRefusal,
  words: { readonly what: string; readonly next: string },
): CommandRight => ({ kind: "refused", reason, ...words });
