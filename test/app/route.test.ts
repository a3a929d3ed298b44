/** Whether an issue may be opened in the repository that a label gives it to, by what GitHub says of that repository. */
import { expect, test } from "vitest";
import { type Neighbour, readRoute } from "../../src/app/observe/route.ts";
import type { GitHubReads, Permission, RepositoryInfo } from "../../src/github/ports.ts";

const here: RepositoryInfo = {
  id: 7,
  owner: "acme",
  ownerType: "Organization",
  name: "tools",
  private: true,
  archived: false,
  defaultBranch: "main",
  url: "https://github.com/acme/tools",
};
const billing = { ...here, id: 8, name: "Billing" };
const maya = { id: 1, login: "maya" };

interface There {
  readonly repository?: RepositoryInfo;
  readonly permission?: Permission;
  readonly authority?: string;
}

/** The repository there; what was asked of it. */
function near({ repository = billing, permission = "write", authority }: There = {}) {
  const asked: string[] = [];
  const read = <T>(value: T) => ({ value, readAt: 0, serverTime: 0 });
  const reads: Partial<GitHubReads> = {
    ref: async (name) => read(name),
    file: async (path, sha) => (authority === undefined ? undefined : read({ path, sha, text: authority })),
    permission: async (login) => {
      asked.push(login);
      return read(permission);
    },
  };
  const found: Neighbour = { kind: "near", repository, reads: reads as GitHubReads };
  return { asked, neighbours: async () => found };
}

const routeOf = (there: There = {}, from = here, autonomy: "full" | "suggest" = "full") =>
  readRoute(
    { repository: from, note: ({ value }) => value },
    near(there).neighbours,
    { autonomy },
    "acme/billing",
    maya,
  );

test("it may where the app is and who asks may ask there; the repository is named by its id, and as GitHub writes it", async () => {
  expect(await routeOf()).toEqual({ route: { repository: 8, name: "acme/Billing", asker: maya } });
  expect(await routeOf({ permission: "triage", authority: "ready: { users: [maya] }\n" })).toHaveProperty(
    "route",
  );
  const { asked, neighbours } = near();
  await readRoute(
    { repository: here, note: ({ value }) => value },
    neighbours,
    { autonomy: "full" },
    "x/y",
    maya,
  );
  expect(asked).toEqual(["maya"]);
});

test.each<[string, There, string]>([
  ["who asks may not ask there", { permission: "triage" }, "needs write permission"],
  [
    "the file there names others",
    { permission: "admin", authority: "ready: { users: [robin] }\n" },
    "not name maya",
  ],
  [
    "nobody has access by a name alone",
    { permission: "read", authority: "ready: { users: [maya] }\n" },
    "has read",
  ],
  ["the file there cannot be used", { permission: "admin", authority: "ready: 1\n" }, "Nobody knows who may"],
  ["it is archived", { repository: { ...billing, archived: true } }, "is archived"],
  [
    "it is for the public",
    { repository: { ...billing, private: false } },
    "is public, and this repository is not",
  ],
])("it may not where %s", async (_what, there, words) => {
  expect(await routeOf(there)).toEqual({ why: expect.stringContaining(words) });
});

test("what is public may go to what is public; what only suggests opens nothing, and asks nobody", async () => {
  const open = { ...here, private: false };
  expect(await routeOf({ repository: { ...billing, private: false } }, open)).toHaveProperty("route");
  const { asked, neighbours } = near();
  const note = <T>({ value }: { readonly value: T }): T => value;
  const end = await readRoute(
    { repository: here, note },
    neighbours,
    { autonomy: "suggest" },
    "acme/billing",
    maya,
  );
  expect(end).toEqual({ why: expect.stringContaining("no more than suggest") });
  expect(asked).toEqual([]);
});
