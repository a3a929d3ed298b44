/** What is asked of GitHub before somebody may: as little as decides it, each once, and a failure is thrown. */
import { expect, test } from "vitest";
import type { Permission, Read, TeamMembership } from "../../src/github/ports.ts";
import { askRights, readAuthority } from "../../src/policy/ask-rights.ts";
import { AUTHORITY_PATH, parseAuthority } from "../../src/policy/authority-file.ts";

const readOf = <T>(value: T): Read<T> => ({ value, readAt: 0, serverTime: 7 });

/** People with a permission, and their memberships as `login@team`; all that was asked. */
function github(
  permissions: Readonly<Record<string, Permission>>,
  memberships: Readonly<Record<string, TeamMembership | Error>> = {},
) {
  const asked: string[] = [];
  const reads = {
    async permission(login: string) {
      asked.push(login);
      return readOf(permissions[login] ?? "none");
    },
    async teamMembership(team: string, login: string) {
      const key = `${login}@${team}`;
      asked.push(key);
      const found = memberships[key] ?? "none";
      if (found instanceof Error) throw found;
      return readOf(found);
    },
  };
  return { reads, asked };
}

const FILE = parseAuthority(
  "ready: { users: [maya], teams: [core, ops] }\nhold: { teams: [Ops] }\noverride: { paths: { db/: { teams: [dba] } } }",
);

test("a person's permission and each membership are read once, and only as far as they decide", async () => {
  const people = { maya: "triage", rui: "write", oda: "read", lea: "maintain" } as const;
  const { reads, asked } = github(people, { "rui@ops": "active", "lea@core": "pending" });
  const rightOf = askRights(reads);
  const right = async (...given: Parameters<typeof rightOf>) => {
    const before = asked.length;
    const found = await rightOf(...given);
    return [found.kind === "allowed" ? "allowed" : found.reason, asked.slice(before)];
  };
  expect(await right("ready", "maya", FILE)).toEqual(["allowed", ["maya"]]);
  expect(await right("ready", "oda", FILE)).toEqual(["no-access", ["oda"]]);
  expect(await right("ready", "rui", FILE)).toEqual(["allowed", ["rui", "rui@core", "rui@ops"]]);
  expect(await right("ready", "rui", FILE)).toEqual(["allowed", []]);
  // The same team in other letters.
  expect(await right("hold", "rui", FILE)).toEqual(["allowed", []]);
  expect(await right("override", "rui", FILE, ["db/x"])).toEqual(["not-by-file", []]);
  expect(await right("ready", "lea", FILE)).toEqual(["not-named", ["lea", "lea@core", "lea@ops"]]);
  expect(await right("override", "lea", FILE, ["src/x"])).toEqual(["allowed", []]);
  expect(await right("override", "lea", FILE, ["src/x", "db/x"])).toEqual(["not-named", ["lea@dba"]]);
});

test("a read that fails is no answer: it is thrown, and asked again", async () => {
  const memberships: Record<string, TeamMembership | Error> = { "rui@core": new Error("no answer") };
  const { reads, asked } = github({ rui: "write" }, memberships);
  const noted: number[] = [];
  const rightOf = askRights(reads, (read) => {
    noted.push(read.serverTime);
    return read.value;
  });
  await expect(rightOf("ready", "rui", FILE)).rejects.toThrow("no answer");
  memberships["rui@core"] = "active";
  expect((await rightOf("ready", "rui", FILE)).kind).toBe("allowed");
  expect(asked).toEqual(["rui", "rui@core", "rui@core"]);
  expect(noted).toEqual([7, 7]);
});

test("whose repository it is is asked where the file names teams, and nowhere else", async () => {
  const asked: string[] = [];
  const reads = (text: string | undefined) => ({
    async ref(name: string) {
      asked.push(name);
      return readOf("c0ffee");
    },
    async file(path: string, sha: string) {
      asked.push(`${path}@${sha}`);
      return text === undefined ? undefined : readOf({ path, text, sha: "b10b" });
    },
    async repository() {
      asked.push("repository");
      return readOf({
        ...{ id: 1, owner: "globex", ownerType: "Organization" as const, name: "tools", private: true },
        ...{ archived: false, defaultBranch: "main", url: "" },
      });
    },
  });
  const read = async (text: string | undefined, by?: "acme") => {
    asked.length = 0;
    const owner = by && ({ owner: by, ownerType: "Organization" } as const);
    const { kind } = await readAuthority(reads(text), "main", owner);
    return [kind, asked.includes("repository")];
  };
  expect(await read(undefined)).toEqual(["absent", false]);
  expect(asked).toEqual(["heads/main", `${AUTHORITY_PATH}@c0ffee`]);
  expect(await read("ready: { users: [maya] }")).toEqual(["valid", false]);
  expect(await read("ready: { teams: [globex/core] }")).toEqual(["valid", true]);
  expect(await read("ready: { teams: [acme/core] }")).toEqual(["invalid", true]);
  expect(await read("ready: { teams: [acme/core] }", "acme")).toEqual(["valid", false]);
});
