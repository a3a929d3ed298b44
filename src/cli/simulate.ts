/** `cairn simulate`: whole worlds on virtual time, with every fault that there is a name for. */
import { availableParallelism } from "node:os";
import { keptSeeds } from "../simulation/kept.ts";
import { KNOBS, PROFILES, type Profile } from "../simulation/knobs.ts";
import { runPool } from "../simulation/pool.ts";
import type { SeedOptions } from "../simulation/run-seed.ts";
import {
  casesOf,
  optionsOfCase,
  QUESTIONS,
  type Question,
  undisturbed,
  WORLDS,
  type WorldName,
} from "../simulation/small-scope.ts";
import type { Story } from "../simulation/story.ts";
import { summaryOf } from "../simulation/summary.ts";
import { GUARDS, type GuardName, type Shows } from "../simulation/without.ts";
import type { SeedReport } from "../simulation/worker.ts";
import { ExitError, options } from "./exit.ts";

const profiles = Object.entries(PROFILES)
  .map(([name, { about }]) => `${" ".repeat(25)}${name}: ${about}`)
  .join("\n");

export const SIMULATE_HELP = `Usage: npm run cairn -- simulate [options]

Runs the app and the Action against a GitHub in memory, on virtual time: each seed is a world of its own, with its
own people and its own faults, first with them and then without, and a checker that reads only what landed. The
same seed tells the same story, to the last request.

  --seeds N            how many (default 100)
  --kept               the seeds that once failed and are kept, instead
  --small-scope Q      instead: one issue, two runs for each piece of work, and one thing that goes wrong, for each
                       request of every process: ${Object.keys(QUESTIONS).join(", ")}
  --world W            one world of the small scope alone:
                       ${Object.keys(WORLDS).join(", ")}
  --start S            the first one (default 1)
  --case NAME          one case of the small scope, as a story names it
  --profile P          how much goes wrong (default mixed):
${profiles}
  --without GUARD      with one guard taken out of the code, in the simulation only; worlds in which it is
                       missed are run before all others:
                       ${Object.keys(GUARDS).join(", ")}
  --omit A,B:2         without these faults, or without the second time of one; how a story is shortened; also focus, the
                       crash that a world is about, policies, what its repository has decided, and
                       updates, that heads are brought up to date with their base
  --stories N          violations that are told whole, which takes a minute each (default 3)
  --processes N        seeds side by side (default: one for each core)
  --json               nothing but JSON: a line for each story, the last line is the summary

Exit codes: 0 no violation, 1 violations (each with its story and the command that repeats it), 2 wrong arguments.

Faults: ${KNOBS.join(", ")}
`;

export async function simulate(args: readonly string[]): Promise<number> {
  const given = options("simulate", args, {
    seeds: { type: "string" },
    start: { type: "string" },
    profile: { type: "string" },
    without: { type: "string" },
    omit: { type: "string" },
    processes: { type: "string" },
    stories: { type: "string" },
    kept: { type: "boolean" },
    "small-scope": { type: "string" },
    world: { type: "string" },
    case: { type: "string" },
    json: { type: "boolean" },
  });
  const seeds = countOf("seeds", given.seeds, 100);
  const start = countOf("start", given.start, 1);
  const profile = oneOf("profile", given.profile ?? "mixed", PROFILES) as Profile;
  const without =
    given.without === undefined ? undefined : (oneOf("without", given.without, GUARDS) as GuardName);
  const omit = given.omit?.split(",").filter((one) => one !== "") ?? [];
  const processes = countOf("processes", given.processes, availableParallelism());
  const stories = countOf("stories", given.stories, 3, 0);
  const say = (line: string): void => void (given.json || process.stdout.write(`${line}\n`));
  const began = performance.now();
  const reports: SeedReport[] = [];
  const run = (worlds: readonly SeedOptions[]): Promise<void> =>
    runPool(worlds, {
      processes,
      without,
      stories,
      onReport(report) {
        reports.push(report);
        if (report.story) tell(report.story, { profile, without }, given.json === true);
        if (reports.length % 100 === 0) say(`${reports.length} of ${worlds.length} worlds`);
      },
    });
  const question = given["small-scope"];
  if (given.world !== undefined && question === undefined)
    throw new ExitError(2, "--world goes with --small-scope");
  const worlds = (
    given.world === undefined ? Object.keys(WORLDS) : [oneOf("world", given.world, WORLDS)]
  ) as readonly WorldName[];
  if (given.case !== undefined) await run(await caseNamed(given.case));
  else {
    if (without !== undefined) await run(await showing(GUARDS[without].shows));
    if (question !== undefined)
      await run(await smallScope(oneOf("small-scope", question, QUESTIONS) as Question, worlds));
    else if (given.kept) await run(keptSeeds());
    else await run(Array.from({ length: seeds }, (_, at) => ({ seed: start + at, profile, omit })));
  }
  const summary = summaryOf(reports, start, (performance.now() - began) / 1_000);
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.violations.length === 0 ? 0 : 1;
}

/** All cases of some worlds of the small scope; which requests they have is found out by running them undisturbed. */
async function smallScope(question: Question, worlds: readonly WorldName[]): Promise<readonly SeedOptions[]> {
  const found: SeedOptions[] = [];
  for (const world of worlds) {
    await runPool([undisturbed(world)], {
      processes: 1,
      without: undefined,
      stories: 0,
      onReport: ({ names }) => found.push(...casesOf(world, names ?? [], question).map(optionsOfCase)),
    });
  }
  return found;
}

/** Throws `ExitError` 2 where there is none of that name. */
async function caseNamed(name: string): Promise<readonly SeedOptions[]> {
  const world = oneOf("case", name.slice(0, name.indexOf(":")), WORLDS) as WorldName;
  for (const question of Object.keys(QUESTIONS) as Question[]) {
    const found = (await smallScope(question, [world])).filter((one) => one.caseName === name);
    if (found.length > 0) return found;
  }
  throw new ExitError(2, `--case ${name}: there is none; a case is WORLD:REQUEST:OUTCOME`);
}

/** The worlds in which a guard is missed. */
async function showing(shows: Shows): Promise<readonly SeedOptions[]> {
  if ("seeds" in shows) return shows.seeds.map((seed) => ({ seed, profile: shows.profile }));
  const { question, name, outcome } = shows;
  const found: SeedOptions[] = [];
  await runPool([undisturbed("merge")], {
    processes: 1,
    without: undefined,
    stories: 0,
    onReport({ names }) {
      const cases = casesOf("merge", names ?? [], question);
      found.push(...cases.filter((one) => one.name === name && one.outcome === outcome).map(optionsOfCase));
    },
  });
  return found;
}

function tell(
  story: Story,
  { profile, without }: { readonly profile: Profile; readonly without: GuardName | undefined },
  json: boolean,
): void {
  const guard = without === undefined ? "" : ` --without ${without}`;
  const omit = story.omit.length === 0 ? "" : ` --omit ${story.omit.join(",")}`;
  const world =
    story.caseName === undefined
      ? `--seeds 1 --start ${story.seed} --profile ${profile}${omit}`
      : `--case '${story.caseName}'`;
  const replay = `npm run cairn -- simulate ${world}${guard}`;
  if (json) {
    process.stdout.write(`${JSON.stringify({ type: "story", ...story, replay })}\n`);
    return;
  }
  const lines = [
    "",
    `seed ${story.seed}: ${story.rule}: ${story.what}`,
    ...story.lines,
    `again: ${replay}`,
    "",
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function countOf(name: string, text: string | undefined, fallback: number, least = 1): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ExitError(2, `--${name} ${text} must be a whole number of at least ${least}`);
}

function oneOf(name: string, value: string, known: Readonly<Record<string, unknown>>): string {
  if (Object.hasOwn(known, value)) return value;
  throw new ExitError(2, `--${name} ${value}: there are ${Object.keys(known).join(", ")}`);
}
