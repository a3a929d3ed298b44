/** Who may give which command: each rule has a case in which only it says no. */
import { expect, test } from "vitest";
import { COMMANDS, VERBS, type Verb } from "../../src/core/commands/table.ts";
import type { Permission } from "../../src/github/ports.ts";
import { parseAuthority } from "../../src/policy/authority-file.ts";
import { mayCommand, type Who } from "../../src/policy/may-command.ts";

const ORDER: readonly Permission[] = ["none", "read", "triage", "write", "maintain", "admin"];
const who = (permission: Permission, login = "maya", teams: readonly string[] = []): Who => ({
  login,
  permission,
  teams,
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
const FILE = [
  "approve: { users: [maya], paths: { db/: { users: [dba, both] }, db/keys/: { users: [sec, both] } } }",
  "override: { paths: { db/: { users: [dba] } } }",
].join("\n");

test.each<[rule: string, right: string, verb: Verb, who: Who, file: string, paths?: readonly string[]]>([
  ["named, in other letters", "allowed", "ready", who("write", "mAyA"), READY],
  ["named by the team", "allowed", "ready", who("write", "rui", ["CORE"]), READY],
  ["named, with triage permission: the file gives it", "allowed", "ready", who("triage"), READY],
  ["not named, whatever the permission", "not-named", "ready", who("admin", "rui", ["other"]), READY],
  ["named, and may only read", "no-access", "ready", who("read"), READY],
  ["named, and has lost all access", "no-access", "ready", who("none", "rui", ["core"]), READY],
  ["to merge: named, and may write", "allowed", "approve", who("write"), FILE],
  ["to merge: named, and the permission does not do", "not-by-file", "approve", who("triage"), FILE],
  [
    "to override: named, and the permission does not do",
    "not-by-file",
    "override",
    who("write", "dba"),
    FILE,
    ["db/x"],
  ],
  ["a path's own people", "allowed", "approve", who("write", "dba"), FILE, ["db/x.sql"]],
  ["a path's own people, not the general ones", "not-named", "approve", who("admin"), FILE, ["db/x.sql"]],
  ["the folder itself", "not-named", "approve", who("admin"), FILE, ["db"]],
  ["a name that only begins like the folder's", "allowed", "approve", who("write"), FILE, ["dbx/y"]],
  ["the path in other letters", "not-named", "approve", who("admin"), FILE, ["DB/x"]],
  ["the nearest of two paths", "allowed", "approve", who("write", "sec"), FILE, ["db/keys/a"]],
  [
    "the nearest of two paths, not the wider",
    "not-named",
    "approve",
    who("write", "dba"),
    FILE,
    ["db/keys/a"],
  ],
  ["a folder with one of its own within: both", "not-named", "approve", who("write", "dba"), FILE, ["db/"]],
  ["and somebody who is in both", "allowed", "approve", who("write", "both"), FILE, ["db/"]],
  ["all paths must be allowed", "not-named", "approve", who("write", "dba"), FILE, ["db/a", "db/keys/b"]],
  [
    "somebody who is named for no path but may all the rest",
    "allowed",
    "approve",
    who("write"),
    FILE,
    ["src/a"],
  ],
  [
    "outside of the paths, without general names: the permission",
    "allowed",
    "override",
    who("maintain", "rui"),
    FILE,
    ["src/a"],
  ],
  ["and the permission that does not do", "no-right", "override", who("write", "dba"), FILE, ["src/a"]],
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
      const allowed = may(verb, who(permission, "maya", ["core"]), file) === "allowed";
      const without = may(verb, who(permission)) === "allowed";
      if (permission === "none" || permission === "read") expect(allowed).toBe(false);
      if (COMMANDS[verb].does === "allows") expect(allowed).toBe(without);
      if (without) expect(allowed).toBe(true);
    }
  }
});

test("a refusal says why, and who can", () => {
  const refusal = (person: Who) => mayCommand("ready", person, parseAuthority(READY));
  expect(refusal(who("admin", "rui"))).toEqual({
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
