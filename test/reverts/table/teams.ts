/** Teams in the authority file: whoever is in one when it is asked, and nobody whom GitHub does not show there. */
import { cut, noticed, type Revert } from "../revert.ts";

const MAY = "test/policy/may-command.test.ts";
const SHOWN = "test/github/teams.test.ts";
const FILE = "test/policy/authority-file.test.ts";

export const TEAMS = {
  "who-was-invited-is-no-member": {
    scenarios: [29],
    guard: "Whoever was invited to a team, and has not accepted, is not let in by it.",
    cuts: [
      cut(
        "src/policy/may-command.ts",
        'memberships.includes("active")',
        '(memberships.includes("active") || memberships.includes("pending"))',
      ),
    ],
    tests: [noticed(MAY, "invited to one team, and in the other no more: not-named")],
  },
  "a-team-that-is-not-shown-lets-nobody-in": {
    scenarios: [29],
    guard: "Where GitHub does not show who is in a team, nobody has a right by it.",
    cuts: [
      cut(
        "src/policy/may-command.ts",
        'return place === "unread" ? unread(verb, who, named, least) : undefined;',
        "return undefined;",
      ),
    ],
    tests: [
      noticed(MAY, "in a team that GitHub does not show: team-unread"),
      noticed(MAY, "in a team that the app may not read: team-unread"),
      noticed(
        "test/loop/teams.test.ts",
        "29: without `members: read` nobody is let in, and the refusal says that nobody knows, and who grants it",
      ),
    ],
  },
  "nobody-is-no-member-of-a-hidden-team": {
    scenarios: [29],
    guard: "That somebody is in no team is said only where GitHub shows the team itself.",
    cuts: [
      cut("src/github/teams.ts", 'team.value !== "seen"', 'first === "forbidden" && team.value !== "seen"'),
    ],
    tests: [
      noticed(SHOWN, "a member takes one request; that somebody is none is only said beside the team itself"),
      noticed(
        SHOWN,
        "without `members: read` nobody is in a team and nobody is not, whether GitHub says 403 or 404",
      ),
    ],
  },
  "a-404-is-heard-twice": {
    scenarios: [29],
    guard: "A membership that is not found once is asked for again before somebody is refused for good.",
    cuts: [
      cut(
        "src/github/teams.ts",
        "const second = await ask();",
        "const second = first as Awaited<ReturnType<typeof ask>>;",
      ),
    ],
    tests: [noticed(SHOWN, "a 404 or 403 that is wrong for a moment makes nobody a stranger")],
  },
  "a-failed-read-of-a-team-is-no-answer": {
    scenarios: [29],
    guard: "A limit or a failure is no word on who is in a team: it is asked again.",
    cuts: [cut("src/github/teams.ts", 'error.kind === "forbidden"', 'error.kind !== "malformed"')],
    tests: [noticed(SHOWN, "a limit, a failure and a state that nobody knows are no answer")],
  },
  "only-the-own-organization-is-asked": {
    scenarios: [29],
    guard: "Only teams of the organization that the repository belongs to can be named.",
    cuts: [
      cut(
        "src/policy/authority-file.ts",
        "organization.toLowerCase() === by.owner.toLowerCase()",
        "organization.length > 0",
      ),
    ],
    tests: [
      noticed(
        FILE,
        "a team of another organization is told with its place and the name that can be asked, in paths too",
      ),
    ],
  },
  "a-person-has-no-teams": {
    scenarios: [29],
    guard: "A file that names a team on a person's repository cannot be used.",
    cuts: [cut("src/policy/authority-file.ts", 'by?.ownerType === "User"', "by === null")],
    tests: [
      noticed(
        FILE,
        "a person's repository has no teams, with or without a name before it; people can be named",
      ),
    ],
  },
  "whose-permission-does-not-do-is-not-looked-up": {
    scenarios: [24, 29],
    guard: "Teams are not asked about people whose permission would not do anyway.",
    cuts: [
      cut(
        "src/policy/may-command.ts",
        "if (!reaches(who.permission, leastFor(verb))) return undefined;",
        "if (verb.length === 0) return undefined;",
      ),
    ],
    tests: [
      noticed(MAY, "teams that are asked about: none of whose permission does not do"),
      noticed(
        "test/policy/ask-rights.test.ts",
        "a person's permission and each membership are read once, and only as far as they decide",
      ),
    ],
  },
  "the-run-asks-for-the-team-again": {
    scenarios: [30],
    guard: "The run that merges despite a condition asks again who is in the team: the app's look is older.",
    cuts: [
      cut(
        "src/policy/overrides.ts",
        'pathsOf([action]))).kind === "allowed"',
        'pathsOf([action]))).kind === "allowed" || process.env.GITHUB_ACTIONS === "true"',
      ),
    ],
    tests: [
      noticed(
        "test/loop/teams.test.ts",
        "30: two members set a condition aside; one is taken out of the team before the run merges: it merges nothing, and both begin anew",
      ),
    ],
  },
  "only-a-job-that-judges-rights-sees-teams": {
    scenarios: [30],
    guard: "A run's token may read members only in the job that asks whether overrides count.",
    cuts: [cut("src/app/exchange.ts", "teams && judgesRights(purpose, open)", "teams")],
    tests: [noticed("test/app/exchange.test.ts", "a token can do what its job needs and no more")],
  },
  "a-token-sees-teams-where-the-file-names-some": {
    scenarios: [30],
    guard: "A run's token may read members only where the authority file leaves overrides to a team.",
    cuts: [
      cut(
        "src/app/desk.ts",
        'return teamsIn(await readAuthority(sites.reads(place), defaultBranch), ["override"]).length > 0;',
        "return defaultBranch.length > 0;",
      ),
    ],
    tests: [
      noticed(
        "test/app/desk.test.ts",
        "a job that judges overrides may see teams where the file names some for them, and the installation lets it",
      ),
    ],
  },
} satisfies Record<string, Revert>;
