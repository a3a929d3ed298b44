/** Who may give which command: each rule has a case in which only it says no. */
import { expect, test } from "vitest";
import { COMMANDS, VERBS, type Verb } from "../../src/core/commands/table.ts";
import type { Permission, TeamMembership } from "../../src/github/ports.ts";
import { parseAuthority } from "../../src/policy/authority-file.ts";
import { mayCommand, teamToAsk, type Who } from "../../src/policy/may-command.ts";

const ORDER: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
type Teams = Readonly<Record<string, TeamMembership>>;
const who = (permission: Permission, login = "maya", teams: Teams = {}): Who => ({
  login,
  permission,
  teams: new Map(Object.entries(teams)),
});
const may = (verb: Verb, person: Who, text?: string, paths?: readonly string[]): string => {
  const right = mayCommand(verb, person, parseAuthority(text), paths ? { paths } : {});
  return right.kind === "allowed" ? "allowed" : right.reason;
};

test("without a file GitHub's permission decides, for every verb from the least that it needs", () => {
  for (const verb of VERBS) {
    const least = ORDER.indexOf(COMMANDS[verb].right);
    for (const [index, permission] of ORDER.entries()) {
      expect([verb, permission, may(verb, who(permission))]).toEqual([
        verb,
        permission,
        index >= least ? "allowed" : "no-right",
      ]);
      // A file that says nothing of the verb changes nothing.
      const other = verb === "help" ? "status" : "help";
      expect(may(verb, who(permission), `${other}: { users: [x] }`)).toBe(
        index >= least ? "allowed" : "no-right",
      );
    }
  }
});

const READY = "ready: { users: [Maya], teams: [core] }";
const TEAMS = "ready: { teams: [core, ops] }";
const PATHS = "override: { users: [maya], paths: { db/: { teams: [dba] } } }";
const FILE =
  "override: { users: [maya], paths: { db/: { users: [dba, both] }, db/keys/: { users: [sec, both] } } }";
const FOLDER = "override: { paths: { db/: { users: [dba] } } }";

test.each<[rule: string, right: string, verb: Verb, who: Who, file: string, paths?: readonly string[]]>([
  ["named, in other letters", "allowed", "ready", who("write", "mAyA"), READY],
  ["named by the team", "allowed", "ready", who("write", "rui", { core: "active" }), READY],
  [
    "named by the second team, with the first one hidden",
    "allowed",
    "ready",
    who("triage", "rui", { core: "forbidden", ops: "active" }),
    TEAMS,
  ],
  [
    "invited to one team, and in the other no more",
    "not-named",
    "ready",
    who("admin", "rui", { core: "pending", ops: "none" }),
    TEAMS,
  ],
  [
    "in a team that GitHub does not show",
    "team-unread",
    "ready",
    who("admin", "rui", { core: "none", ops: "unseen" }),
    TEAMS,
  ],
  [
    "in a team that the app may not read",
    "team-unread",
    "ready",
    who("admin", "rui", { core: "forbidden", ops: "none" }),
    TEAMS,
  ],
  ["in a team about which nobody asked", "team-unread", "ready", who("admin", "rui"), TEAMS],
  ["in such a team, and may only read", "no-access", "ready", who("read", "rui"), TEAMS],
  [
    "to merge: in such a team, and the permission does not do",
    "not-by-file",
    "override",
    who("write", "rui"),
    "override: { teams: [core] }",
  ],
  [
    "to merge: an active member whose permission does not do",
    "not-by-file",
    "override",
    who("write", "rui", { core: "active" }),
    "override: { teams: [core] }",
  ],
  ["a path's own team", "allowed", "override", who("maintain", "rui", { dba: "active" }), PATHS, ["db/x"]],
  ["a path's own team, not the general people", "team-unread", "override", who("maintain"), PATHS, ["db/x"]],
  ["named, with triage permission: the file gives it", "allowed", "ready", who("triage"), READY],
  ["not named, whatever the permission", "not-named", "ready", who("admin", "rui", { core: "none" }), READY],
  ["named, and may only read", "no-access", "ready", who("read"), READY],
  ["named, and has lost all access", "no-access", "ready", who("none", "rui", { core: "active" }), READY],
  ["to merge: named, and may maintain", "allowed", "override", who("maintain"), FILE],
  ["to merge: named, and the permission does not do", "not-by-file", "override", who("write"), FILE],
  [
    "to override: named, and the permission does not do",
    "not-by-file",
    "override",
    who("write", "dba"),
    FILE,
    ["db/x"],
  ],
  ["a path's own people", "allowed", "override", who("maintain", "dba"), FILE, ["db/x.sql"]],
  ["a path's own people, not the general ones", "not-named", "override", who("admin"), FILE, ["db/x.sql"]],
  ["the folder itself", "not-named", "override", who("admin"), FILE, ["db"]],
  ["a name that only begins like the folder's", "allowed", "override", who("maintain"), FILE, ["dbx/y"]],
  ["the path in other letters", "not-named", "override", who("admin"), FILE, ["DB/x"]],
  ["the nearest of two paths", "allowed", "override", who("maintain", "sec"), FILE, ["db/keys/a"]],
  [
    "the nearest of two paths, not the wider",
    "not-named",
    "override",
    who("maintain", "dba"),
    FILE,
    ["db/keys/a"],
  ],
  [
    "a folder with one of its own within: both",
    "not-named",
    "override",
    who("maintain", "dba"),
    FILE,
    ["db/"],
  ],
  ["and somebody who is in both", "allowed", "override", who("maintain", "both"), FILE, ["db/"]],
  ["all paths must be allowed", "not-named", "override", who("maintain", "dba"), FILE, ["db/a", "db/keys/b"]],
  [
    "somebody who is named for no path but may all the rest",
    "allowed",
    "override",
    who("maintain"),
    FILE,
    ["src/a"],
  ],
  [
    "outside of the paths, without general names: the permission",
    "allowed",
    "override",
    who("maintain", "rui"),
    FOLDER,
    ["src/a"],
  ],
  ["and the permission that does not do", "no-right", "override", who("write", "dba"), FOLDER, ["src/a"]],
])("%s: %s", (_rule, right, verb, person, file, paths) => {
  expect(parseAuthority(file).kind).toBe("valid");
  expect(may(verb, person, file, paths)).toBe(right);
});

test("a file that cannot be used: nobody starts or lets merge, everybody stops and asks as without it", () => {
  const broken = "ready: { user: [maya] }";
  for (const verb of VERBS) {
    const { does } = COMMANDS[verb];
    const goesOn = does === "stops" || does === "asks";
    expect([verb, may(verb, who("admin"), broken)]).toEqual([verb, goesOn ? "allowed" : "file-unusable"]);
    if (goesOn) expect(may(verb, who("read"), broken)).toBe("no-right");
  }
  expect(mayCommand("ready", who("admin"), parseAuthority(broken))).toHaveProperty(
    "what",
    expect.stringContaining(".github/cairn-authority.yml:1:10: 'ready': found the key 'user'"),
  );
});

test("no file gives anything to somebody without triage permission, nor a merge beyond GitHub's permission", () => {
  for (const verb of VERBS) {
    const file = `${verb}: { users: [maya], teams: [core] }`;
    for (const permission of ORDER) {
      const allowed = may(verb, who(permission, "maya", { core: "active" }), file) === "allowed";
      const without = may(verb, who(permission)) === "allowed";
      if (permission === "none" || permission === "read") expect(allowed).toBe(false);
      if (COMMANDS[verb].does === "allows") expect(allowed).toBe(without);
      if (without) expect(allowed).toBe(true);
    }
  }
});

const teamAsked = (verb: Verb, person: Who, file: string, paths: readonly string[] = []) =>
  teamToAsk(verb, person, parseAuthority(file), { paths });

test.each<
  [what: string, team: string | undefined, verb: Verb, who: Who, file: string, paths?: readonly string[]]
>([
  ["the first one", "core", "ready", who("triage", "rui"), TEAMS],
  [
    "the next, where the first lets nobody in",
    "ops",
    "ready",
    who("triage", "rui", { core: "pending" }),
    TEAMS,
  ],
  ["none behind one that lets them in", undefined, "ready", who("triage", "rui", { core: "active" }), TEAMS],
  [
    "none, once all were asked",
    undefined,
    "ready",
    who("admin", "rui", { core: "none", ops: "unseen" }),
    TEAMS,
  ],
  ["none of whom the file names", undefined, "ready", who("triage", "MAYA"), READY],
  ["none of whose permission does not do", undefined, "ready", who("read", "rui"), TEAMS],
  ["none for a verb of which the file says nothing", undefined, "hold", who("admin", "rui"), TEAMS],
  [
    "none to merge without the permission for it",
    undefined,
    "override",
    who("write", "rui"),
    "override: { teams: [core] }",
  ],
  ["of the path alone", "dba", "override", who("maintain"), PATHS, ["db/x"]],
  ["none outside of it", undefined, "override", who("maintain"), PATHS, ["src/x"]],
  [
    "of the second path, where the first lets them",
    "dba",
    "override",
    who("maintain"),
    PATHS,
    ["src/x", "db/x"],
  ],
  [
    "none where the permission refuses one of the paths",
    undefined,
    "override",
    who("write"),
    "override: { paths: { db/: { teams: [dba] } } }",
    ["src/x", "db/x"],
  ],
  ["none of a file that cannot be used", undefined, "ready", who("admin", "rui"), "ready: { teams: [] }"],
])("teams that are asked about: %s", (_what, team, verb, person, file, paths) => {
  expect(teamAsked(verb, person, file, paths)).toBe(team);
});

test("a team is known by its slug in any letters", () => {
  const file = "ready: { teams: [acme/CORE] }";
  expect(teamAsked("ready", who("triage", "rui"), file)).toBe("CORE");
  const asked = who("triage", "rui", { core: "active" });
  expect([teamAsked("ready", asked, file), may("ready", asked, file)]).toEqual([undefined, "allowed"]);
});

test("a refusal for want of a membership says what is known of it, and no more", () => {
  const words = (teams: Teams, file = TEAMS, permission: Permission = "write") => {
    const right = mayCommand("ready", who(permission, "rui", teams), parseAuthority(file));
    return right.kind === "refused" ? [right.what, right.next] : [];
  };
  const file = "`.github/cairn-authority.yml`";
  const both =
    "Members of the team core or members of the team ops can do it, with triage permission or more.";
  expect(words({ core: "none", ops: "none" })).toEqual([
    `${file} says who may \`ready\` here, and does not name rui.`,
    both,
  ]);
  expect(words({ core: "none", ops: "pending" })).toEqual([
    `${file} says who may \`ready\` here, and does not name rui, who was invited to the team ops and has not accepted.`,
    both,
  ]);
  expect(words({ core: "forbidden", ops: "none" })).toEqual([
    `${file} names the team core for \`ready\`, and GitHub does not show who is in it: nobody knows whether rui is.`,
    "An owner of the organization grants the app `members: read`, and the same is done again.",
  ]);
  expect(words({ core: "none", ops: "unseen" }, `${TEAMS.slice(0, -1)}, users: [maya] }`)).toEqual([
    `${file} names the team ops for \`ready\`, and GitHub shows no such team: nobody knows whether rui is in it.`,
    "Somebody corrects the file, if there is none; else an owner of the organization grants the app `members: read`, and the same is done again. Until then Maya can do it, with triage permission or more.",
  ]);
  expect(words({}, TEAMS, "read")[0]).toBe(
    `${file} names teams, and rui has read permission: a name alone gives nothing.`,
  );
});

test("a refusal says why, and who can", () => {
  const refusal = (person: Who) => mayCommand("ready", person, parseAuthority(READY));
  expect(refusal(who("admin", "rui", { core: "none" }))).toEqual({
    kind: "refused",
    reason: "not-named",
    what: "`.github/cairn-authority.yml` says who may `ready` here, and does not name rui.",
    next: "Maya or members of the team core can do it, with triage permission or more.",
  });
  expect(mayCommand("hold", who("read"), { kind: "absent" })).toEqual({
    kind: "refused",
    reason: "no-right",
    what: "`hold` needs write permission on this repository, and maya has read.",
    next: "Somebody with write permission can do it.",
  });
});

test("an authority file that is there and cannot be read narrows: nobody starts, everybody stops", () => {
  const authority = parseAuthority({ flaw: "a submodule" });
  expect(mayCommand("ready", who("admin"), authority)).toMatchObject({
    kind: "refused",
    reason: "file-unusable",
    what: expect.stringContaining("cairn-authority.yml:1:1: the file: found a submodule"),
  });
  expect(mayCommand("hold", who("write"), authority).kind).toBe("allowed");
});
