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
import { type FileProblem, readYamlFile } from "./yaml-file.ts";

export const AUTHORITY_PATH = ".github/cairn-authority.yml";

/** Whom a rule names: somebody in either list. */
export interface Named {
  readonly users?: readonly string[] | undefined;
  /** Slugs of teams of the repository's organisation. */
  readonly teams?: readonly string[] | undefined;
}

export interface Rule extends Named {
  /** For acts about these paths, instead of what stands above: a path from the top, a slash at its end for a folder. */
  readonly paths?: Readonly<Record<string, Named>> | undefined;
}

export type AuthorityFile = Readonly<Partial<Record<Verb, Rule>>>;

export type AuthorityResult =
  | { readonly kind: "absent" }
  | { readonly kind: "valid"; readonly file: AuthorityFile }
  | { readonly kind: "invalid"; readonly problems: readonly FileProblem[] };

/** What an act is about can be paths: of what Cairn asked about, or of an override. */
const ABOUT_PATHS: ReadonlySet<Verb> = new Set(["approve", "reject", "override"]);

const logins = z
  .array(
    z
      .string("a login, as text")
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, "a person's login, without @"),
    "a list of logins",
  )
  .min(1, "at least one login");
const slugs = z
  .array(
    z.string("a team's slug, as text").regex(/^[A-Za-z0-9_.-]+$/, "a team's slug, without the organisation"),
    "a list of teams",
  )
  .min(1, "at least one team");
const names = { users: logins.optional(), teams: slugs.optional() };
const NAMES_SOMEBODY = "keys and values, with users or teams in it";
const named = z
  .strictObject(names, NAMES_SOMEBODY)
  .refine(({ users, teams }) => users ?? teams, NAMES_SOMEBODY);
const path = z
  .string()
  .refine(isPath, "a path from the repository's top, no pattern; a slash at its end for a folder");
const NAMES_OR_PATHS = "keys and values, with users, teams or paths in it";
const pathRule = z
  .strictObject(
    { ...names, paths: z.record(path, named, "paths, and who may for each").optional() },
    NAMES_OR_PATHS,
  )
  .refine(({ users, teams, paths }) => users ?? teams ?? paths, NAMES_OR_PATHS);

const schema: z.ZodType<AuthorityFile> = z.strictObject(
  Object.fromEntries(VERBS.map((verb) => [verb, (ABOUT_PATHS.has(verb) ? pathRule : named).optional()])),
  "keys and values: commands, and who may give them",
);

/** Reads the file's text; `undefined`: there is none. Never throws. */
export function parseAuthority(text: string | undefined): AuthorityResult {
  if (text === undefined) return { kind: "absent" };
  const read = readYamlFile(text, schema, { known: knownKeys });
  return read.kind === "valid" ? { kind: "valid", file: read.value } : read;
}

function knownKeys([verb, , below]: readonly PropertyKey[]): readonly string[] {
  if (verb === undefined) return VERBS;
  const about = VERBS.find((one) => one === verb);
  return below === undefined && about && ABOUT_PATHS.has(about)
    ? ["users", "teams", "paths"]
    : ["users", "teams"];
}
