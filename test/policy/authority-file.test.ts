import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AuthorityFile, type Owner, parseAuthority, teamsIn } from "../../src/policy/authority-file.ts";
import { problemWords } from "../../src/policy/yaml-file.ts";
import { anyText, seeded } from "../core/properties/seeded.ts";

const problems = (text: string, by?: Owner): string => {
  const parsed = parseAuthority(text, by);
  return parsed.kind === "invalid" ? problemWords("F", parsed.problems) : parsed.kind;
};

test("no file is none, an empty one names nobody, and a full one is read", () => {
  expect(parseAuthority(undefined)).toEqual({ kind: "absent" });
  expect(parseAuthority("# nothing yet\n")).toEqual({ kind: "valid", file: {} });
  const text =
    "ready: { users: [maya, rui-2] }\noverride:\n  teams: [core]\n  paths:\n    db/: { users: [dba] }\n";
  const file: AuthorityFile = {
    ready: { users: ["maya", "rui-2"] },
    override: { teams: ["core"], paths: { "db/": { users: ["dba"] } } },
  };
  expect(parseAuthority(text)).toEqual({ kind: "valid", file });
});

test.each([
  [
    "a command that is none",
    "reddy:\n  users: [a]\n",
    /^F:1:1: the file: found the key 'reddy'; did you mean 'ready'\? Allowed: ready, /,
  ],
  [
    "a key that is none",
    "hold:\n  user: [a]\n",
    /^F:2:3: 'hold': found the key 'user'; did you mean 'users'\? Allowed: users, teams$/,
  ],
  [
    "paths where an act is about none",
    "ready: { users: [a], paths: {} }",
    /^F:1:22: 'ready': found the key 'paths'; only an override is about paths: they stand at 'override.paths'. Allowed: users, teams$/,
  ],
  [
    "paths for a yes, which is about an issue",
    "approve: { users: [a], paths: { db/: { users: [b] } } }",
    /^F:1:24: 'approve': found the key 'paths'; only an override is about paths: .* Allowed: users, teams$/,
  ],
  [
    "paths for a no, which is about all of the work",
    "reject: { paths: { db/: { users: [b] } } }",
    /^F:1:11: 'reject': found the key 'paths'; only an override is about paths: .* Allowed: users, teams$/,
  ],
  [
    "a key below paths",
    "override:\n  paths:\n    db: { teems: [a] }",
    /^F:3:11: 'override.paths.db': found the key 'teems'; did you mean 'teams'\? Allowed: /,
  ],
  [
    "nobody named",
    "ready: {}",
    /^F:1:8: 'ready': found no keys; allowed: keys and values, with users or teams in it$/,
  ],
  ["nothing said", "ready:\nhold: { users: [a] }", /^F:1:7: 'ready': found nothing; allowed: /],
  [
    "an empty list",
    "ready: { users: [] }",
    /^F:1:17: 'ready.users': found an empty list; allowed: at least one login$/,
  ],
  ["no list", "ready: { users: maya }", /^F:1:17: 'ready.users': found "maya"; allowed: a list of logins$/],
  [
    "no login",
    "ready: { users: ['@maya'] }",
    /^F:1:18: 'ready.users.0': found "@maya"; allowed: a person's login/,
  ],
  ["a bot", "ready: { users: ['x[bot]'] }", /a person's login/],
  ["a number", "ready: { users: [7] }", /found 7; allowed: a login, as text$/],
  [
    "an @ without its organization",
    "ready: { teams: ['@core'] }",
    /^F:1:18: 'ready.teams.0': found "@core"; allowed: a team of the repository's organization, as ORGANIZATION\/TEAM or, quoted, '@ORGANIZATION\/TEAM'$/,
  ],
  ["a team below a team", "ready: { teams: [acme/a/b] }", /found "acme\/a\/b"; allowed: a team of/],
  ["a team's name with a blank", "ready: { teams: [on call] }", /found "on call"; allowed: a team of/],
  ["no list of teams", "ready: { teams: core }", /found "core"; allowed: a list of teams$/],
  ["a team that is a number", "ready: { teams: [7] }", /found 7; allowed: a team, as text$/],
  ["no team", "ready: { teams: [] }", /found an empty list; allowed: at least one team$/],
  [
    "more teams than are asked",
    `ready: { teams: [${"core, ".repeat(11)}] }`,
    /found a list; allowed: at most 10 teams$/,
  ],
  [
    "an @ without quotes",
    "ready:\n  teams:\n    - @acme/core",
    /^F:3:7: Plain value cannot start with reserved character @: put it in quotes$/,
  ],
  [
    "a path that leaves the tree",
    "override:\n  paths:\n    ../x: { users: [a] }",
    /^F:3:5: .*found the key '\.\.\/x'; allowed: a path/,
  ],
  ["a pattern", "override:\n  paths:\n    '*.sql': { users: [a] }", /^F:3:5: .*allowed: a path/],
  ["a list", "- ready", /^F:1:1: the file: found a list; allowed: keys and values/],
  ["no YAML", "ready: [", /^F:1:9: /],
  ["a key twice", "hold: { users: [a] }\nhold: { users: [b] }", /^F:2:1: Map keys must be unique$/],
  [
    "a key that objects have not",
    "override: { paths: { __proto__: { users: [a] } } }",
    /^F:1:22: found the key '__proto__'$/,
  ],
  [
    "a key that is a list",
    "hold: { users: [a] }\n? [ready]\n: { users: [a] }",
    /^F:2:3: found a key that is no word$/,
  ],
  [
    "an alias of nothing",
    "hold: { users: [a] }\nready: *x",
    /^F:2:8: found an alias of 'x', which is defined nowhere above it$/,
  ],
])("%s is told with its place, what was found and what is allowed", (_what, text, words) => {
  expect(problems(text)).toMatch(words);
});

test("the example in the docs can be used", () => {
  const page = readFileSync("docs/commands.md", "utf8");
  const example = /```yaml\n(ready:[^`]*)```/.exec(page)?.[1] ?? "";
  expect(parseAuthority(example, ACME)).toMatchObject({
    kind: "valid",
    file: { override: { paths: { "migrations/": { users: ["dba", "octocat"] } } } },
  });
});

const ACME: Owner = { owner: "acme", ownerType: "Organization" };

test("a team is written as in CODEOWNERS, in quotes, without the @, or alone; only its slug is kept", () => {
  const text = "ready: { teams: ['@acme/core', ACME/On-Call, ops.eu_1] }";
  const file = { ready: { teams: ["core", "On-Call", "ops.eu_1"] } };
  expect(parseAuthority(text)).toEqual({ kind: "valid", file });
  expect(parseAuthority(text, ACME)).toEqual({ kind: "valid", file });
});

test("a team of another organization is told with its place and the name that can be asked, in paths too", () => {
  const text =
    "hold: { teams: [core] }\noverride:\n  teams: ['@globex/core']\n  paths:\n    db/: { teams: [globex/dba] }\n";
  expect(parseAuthority(text).kind).toBe("valid");
  expect(problems(text, ACME)).toBe(
    "F:3:11: 'override.teams.0': found \"@globex/core\"; allowed: a team of acme, to which the repository belongs, as acme/core: no other organization can be asked; " +
      "F:5:20: 'override.paths.db/.teams.0': found \"globex/dba\"; allowed: a team of acme, to which the repository belongs, as acme/dba: no other organization can be asked",
  );
});

test("a person's repository has no teams, with or without a name before it; people can be named", () => {
  const maya: Owner = { owner: "maya", ownerType: "User" };
  for (const team of ["core", "maya/core", "acme/core"])
    expect(problems(`ready: { users: [rui], teams: [${team}] }`, maya)).toMatch(
      /^F:1:32: 'ready.teams.0': found ".*core"; allowed: no teams, as the repository belongs to maya, a person's account, which has none: name people under 'users'$/,
    );
  expect(parseAuthority("ready: { users: [rui] }", maya).kind).toBe("valid");
});

test("the teams that a file names: of all verbs and paths, or of some verbs, each once", () => {
  const file = parseAuthority(
    "ready: { teams: [core, Ops] }\noverride: { teams: [CORE], paths: { db/: { teams: [dba] }, x: { users: [a] } } }",
  );
  expect(teamsIn(file)).toHaveLength(3);
  expect(new Set(teamsIn(file))).toEqual(new Set(["core", "ops", "dba"]));
  expect(teamsIn(file, ["override"])).toEqual(["core", "dba"]);
  expect(teamsIn(file, ["hold"])).toEqual([]);
  expect([teamsIn(parseAuthority(undefined)), teamsIn(parseAuthority("ready: 1"))]).toEqual([[], []]);
});

test("several mistakes are told in the order of their places", () => {
  const text = "ready: { users: [] }\nholt: 1\nhelp: { teams: 1 }\n";
  expect(problems(text).match(/F:\d+:\d+/g)).toEqual(["F:1:17", "F:2:1", "F:3:16"]);
});

test("never throws, and every mistake has its place in the file", () => {
  const line = fc.oneof(
    anyText(30),
    fc.constantFrom(
      "ready:",
      "  users: [a]",
      "  paths:",
      "approve: &a",
      "hold: *a",
      "<<: *a",
      "? [a]",
      "!!set",
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const parsed = parseAuthority(lines.join("\n"));
      if (parsed.kind !== "invalid") return;
      for (const { line: at, column, message } of parsed.problems) {
        expect([at >= 1, at <= lines.length + 2, column >= 1, message.length > 5]).toEqual([
          true,
          true,
          true,
          true,
        ]);
      }
      expect(parsed.problems.length).toBeGreaterThan(0);
    }),
    seeded(2_000),
  );
});
