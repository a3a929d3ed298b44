/**
 * `.github/cairn-authority.yml`: who may give which command. Optional. The file names people, and so narrows what
 * GitHub's permissions give; a named person may do with triage permission what starts, stops or asks. It never gives:
 *   - anything to somebody without triage permission. A login can be given up and taken by a stranger; access to the
 *     repository stays with the account.
 *   - what lets something be merged to somebody whose permission would not do without the file.
 */
import { z } from "zod";
import { isPath } from "../core/commands/override.ts";
import { VERBS, type Verb } from "../core/commands/table.ts";
import type { FileText, RepositoryInfo } from "../github/ports.ts";
import { type FileProblem, readYamlFile, unreadable } from "./yaml-file.ts";

export const AUTHORITY_PATH = ".github/cairn-authority.yml";

/** Whom a rule names: somebody in either list. */
export interface Named {
  readonly users?: readonly string[] | undefined;
  /** Slugs of teams of the repository's organization. */
  readonly teams?: readonly string[] | undefined;
}

export interface Rule extends Named {
  /** Of overrides alone. For those about these paths, instead of what stands above: a path from the top, a slash at its end for a folder. */
  readonly paths?: Readonly<Record<string, Named>> | undefined;
}

export type AuthorityFile = Readonly<Partial<Record<Verb, Rule>>>;

export type AuthorityResult =
  | { readonly kind: "absent" }
  | { readonly kind: "valid"; readonly file: AuthorityFile }
  | { readonly kind: "invalid"; readonly problems: readonly FileProblem[] };

/** Whose teams can be named: those of the account that the repository belongs to. */
export type Owner = Pick<RepositoryInfo, "owner" | "ownerType">;

/**
 * Only an override says which paths it is about. Work is approved before there is any, and rejected as a whole: rules for
 * paths would be read there, and never asked.
 */
const ABOUT_PATHS: ReadonlySet<Verb> = new Set(["override"]);

const logins = z
  .array(
    z
      .string("a login, as text")
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, "a person's login, without @"),
    "a list of logins",
  )
  .min(1, "at least one login");
/** `@organization/team` as in CODEOWNERS, the same without `@`, which YAML wants in quotes, and the team alone. */
const TEAM = /^(?:@?([A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)\/)?([A-Za-z0-9_.-]+)$/;
const organizationOf = (name: string): string | undefined => TEAM.exec(name)?.[1];
const slugOf = (name: string): string => TEAM.exec(name)?.[2] ?? name;

/** Of a list of teams: whoever is in none of them costs three requests for each (I11). */
const MOST_TEAMS = 10;

/** Why a team cannot be asked about; `undefined`: it can, as far as is known. */
function foreign(name: string, by: Owner | undefined): string | undefined {
  if (by?.ownerType === "User")
    return `no teams, as the repository belongs to ${by.owner}, a person's account, which has none: name people under 'users'`;
  const organization = organizationOf(name);
  if (!by || organization === undefined || organization.toLowerCase() === by.owner.toLowerCase())
    return undefined;
  return `a team of ${by.owner}, to which the repository belongs, as ${by.owner}/${slugOf(name)}: no other organization can be asked`;
}

const teamsOf = (by: Owner | undefined) =>
  z
    .array(
      z
        .string("a team, as text")
        .regex(
          TEAM,
          "a team of the repository's organization, as ORGANIZATION/TEAM or, quoted, '@ORGANIZATION/TEAM'",
        )
        .superRefine((name, context) => {
          const message = foreign(name, by);
          if (message !== undefined) context.addIssue({ code: "custom", message });
        })
        .transform(slugOf),
      "a list of teams",
    )
    .min(1, "at least one team")
    .max(MOST_TEAMS, `at most ${MOST_TEAMS} teams`);

const path = z
  .string()
  .refine(isPath, "a path from the repository's top, no pattern; a slash at its end for a folder");
const NAMES_SOMEBODY = "keys and values, with users or teams in it";
const NAMES_OR_PATHS = "keys and values, with users, teams or paths in it";

function schemaFor(by: Owner | undefined): z.ZodType<AuthorityFile> {
  const names = { users: logins.optional(), teams: teamsOf(by).optional() };
  const named = z
    .strictObject(names, NAMES_SOMEBODY)
    .refine(({ users, teams }) => users ?? teams, NAMES_SOMEBODY);
  const pathRule = z
    .strictObject(
      { ...names, paths: z.record(path, named, "paths, and who may for each").optional() },
      NAMES_OR_PATHS,
    )
    .refine(({ users, teams, paths }) => users ?? teams ?? paths, NAMES_OR_PATHS);
  return z.strictObject(
    Object.fromEntries(VERBS.map((verb) => [verb, (ABOUT_PATHS.has(verb) ? pathRule : named).optional()])),
    "keys and values: commands, and who may give them",
  );
}

const anyOwners = schemaFor(undefined);

/**
 * Reads the file's text; `undefined`: there is none. `by`: who owns the repository; without it any organization's teams
 * are taken. Never throws.
 */
export function parseAuthority(text: FileText | undefined, by?: Owner): AuthorityResult {
  if (text === undefined) return { kind: "absent" };
  if (typeof text !== "string") return unreadable(text);
  const read = readYamlFile(text, by ? schemaFor(by) : anyOwners, { known: knownKeys, elsewhere });
  return read.kind === "valid" ? { kind: "valid", file: read.value } : read;
}

function knownKeys([verb, , below]: readonly PropertyKey[]): readonly string[] {
  if (verb === undefined) return VERBS;
  const about = VERBS.find((one) => one === verb);
  return below === undefined && about && ABOUT_PATHS.has(about)
    ? ["users", "teams", "paths"]
    : ["users", "teams"];
}

/** What is said of a key that has a place, and not this one. */
function elsewhere([verb, ...below]: readonly PropertyKey[], key: string): string | undefined {
  if (verb === undefined || below.length > 0 || key !== "paths") return undefined;
  return "only an override is about paths: they stand at 'override.paths'";
}

/** Slugs of all teams that the file names, each once and in small letters; for one verb or for any. */
export function teamsIn(authority: AuthorityResult, verbs: readonly Verb[] = VERBS): readonly string[] {
  if (authority.kind !== "valid") return [];
  const rules = verbs.flatMap((verb) => authority.file[verb] ?? []);
  const all = rules.flatMap((rule) => [rule, ...Object.values(rule.paths ?? {})]);
  return [...new Set(all.flatMap(({ teams = [] }) => teams.map((team) => team.toLowerCase())))];
}
