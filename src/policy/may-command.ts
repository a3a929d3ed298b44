/** Whether somebody may give a command, by GitHub's permission and the authority file. Pure; asked anew for each act. */
import { COMMANDS, type Right, type Verb } from "../core/commands/table.ts";
import type { ActRefusal } from "../core/refusals.ts";
import type { Permission, TeamMembership } from "../github/ports.ts";
import { AUTHORITY_PATH, type AuthorityResult, type Named, type Rule } from "./authority-file.ts";
import { problemWords } from "./yaml-file.ts";

export interface Who {
  readonly login: string;
  /** On this repository, from the permission API. */
  readonly permission: Permission;
  /** By the slugs of teams in small letters, as far as was asked: `teamToAsk` says what matters. */
  readonly teams: ReadonlyMap<string, TeamMembership>;
}

export type CommandRight =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "refused";
      readonly reason: ActRefusal;
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
  for (const named of rulesFor(verb, authority, paths)) {
    const refusal = named ? judgeNamed(verb, who, named) : judgeRight(verb, who);
    if (refusal) return refusal;
  }
  return { kind: "allowed" };
}

/**
 * A team whose membership decides, and was not asked about yet; `undefined`: `mayCommand` can tell. Nobody is asked
 * about who may not anyway, and no more teams than one that lets them in.
 */
export function teamToAsk(
  verb: Verb,
  who: Who,
  authority: AuthorityResult,
  { paths = [] }: { readonly paths?: readonly string[] } = {},
): string | undefined {
  for (const named of rulesFor(verb, authority, paths)) {
    if (!named) {
      if (judgeRight(verb, who)) return undefined;
      continue;
    }
    if (!reaches(who.permission, leastFor(verb))) return undefined;
    if (placeOf(who, named) === "named") continue;
    return named.teams?.find((team) => !who.teams.has(team.toLowerCase()));
  }
  return undefined;
}

/** Whom each rule names that the act falls under; `undefined`: the permission decides. All must let it pass. */
function rulesFor(
  verb: Verb,
  authority: AuthorityResult,
  paths: readonly string[],
): readonly (Named | undefined)[] {
  const rule = authority.kind === "valid" ? authority.file[verb] : undefined;
  return paths.length === 0 ? [generalOf(rule)] : paths.flatMap((path) => rulesOf(rule, path));
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

/** The permission that a named person must have. */
function leastFor(verb: Verb): Right {
  const { does, right } = COMMANDS[verb];
  return does === "allows" ? right : "triage";
}

function judgeNamed(verb: Verb, who: Who, named: Named): CommandRight | undefined {
  const { login, permission } = who;
  const least = leastFor(verb);
  const next = `${namesOf(named)} can do it, with ${least} permission or more.`;
  const place = placeOf(who, named);
  if (place === "not-named") {
    const invited = named.teams?.find((team) => inTeam(who, team) === "pending");
    const yet = invited === undefined ? "" : `, who was invited to the team ${invited} and has not accepted`;
    return refused("not-named", {
      what: `\`${AUTHORITY_PATH}\` says who may \`${verb}\` here, and does not name ${login}${yet}.`,
      next,
    });
  }
  if (!reaches(permission, "triage")) {
    const names = place === "named" ? `names ${login}, who has` : `names teams, and ${login} has`;
    return refused("no-access", {
      what: `\`${AUTHORITY_PATH}\` ${names} ${permission} permission: a name alone gives nothing.`,
      next,
    });
  }
  if (!reaches(permission, least)) {
    return refused("not-by-file", {
      what: `\`${verb}\` lets something be merged and needs ${COMMANDS[verb].right} permission; ${login} has ${permission}, and \`${AUTHORITY_PATH}\` cannot give it.`,
      next,
    });
  }
  return place === "unread" ? unread(verb, who, named, least) : undefined;
}

/** Nobody knows whether they may: that is not said to be a no, and not taken for a yes. */
function unread(verb: Verb, who: Who, { users, teams = [] }: Named, least: Right): CommandRight {
  const team = teams.find((one) => isUnread(inTeam(who, one))) ?? "";
  const names = `\`${AUTHORITY_PATH}\` names the team ${team} for \`${verb}\``;
  const grant = "owner of the organization grants the app `members: read`, and the same is done again.";
  const others = users
    ? ` Until then ${namesOf({ users })} can do it, with ${least} permission or more.`
    : "";
  return inTeam(who, team) === "forbidden"
    ? refused("team-unread", {
        what: `${names}, and GitHub does not show who is in it: nobody knows whether ${who.login} is.`,
        next: `An ${grant}${others}`,
      })
    : refused("team-unread", {
        what: `${names}, and GitHub shows no such team: nobody knows whether ${who.login} is in it.`,
        next: `Somebody corrects the file, if there is none; else an ${grant}${others}`,
      });
}

const inTeam = ({ teams }: Who, team: string): TeamMembership => teams.get(team.toLowerCase()) ?? "unseen";

const isUnread = (membership: TeamMembership): boolean =>
  membership === "forbidden" || membership === "unseen";

/** Only an active member is one. */
function placeOf(who: Who, { users, teams = [] }: Named): "named" | "unread" | "not-named" {
  const memberships = teams.map((team) => inTeam(who, team));
  if (has(users, who.login) || memberships.includes("active")) return "named";
  return memberships.some(isUnread) ? "unread" : "not-named";
}

/** Logins are the same in any letters. */
const has = (list: readonly string[] | undefined, login: string): boolean =>
  list?.some((name) => name.toLowerCase() === login.toLowerCase()) ?? false;

function namesOf({ users = [], teams = [] }: Named): string {
  const all = [...users, ...teams.map((team) => `members of the team ${team}`)];
  const text = all.join(", ").replace(/, (?!.*, )/, " or ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const refused = (
  reason: ActRefusal,
  words: { readonly what: string; readonly next: string },
): CommandRight => ({ kind: "refused", reason, ...words });
