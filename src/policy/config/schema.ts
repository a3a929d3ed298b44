/**
 * What `.github/cairn.yml` may hold: the one source of its type, its defaults, its errors, `docs/configuration.md` and
 * the JSON Schema that editors complete it by. Every key is optional, nothing unknown is accepted.
 */
import { z } from "zod";
import { ENTRY_LABEL } from "../../core/entry-label.ts";
import { SHOWN_LABELS } from "../../core/states.ts";
import { areQuietHours, QUIET_HOURS } from "../quiet-hours.ts";

export const CONFIG_PATH = ".github/cairn.yml";

const login = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\[bot\])?$/)
  .meta({ title: "a login" });
/** What is no such path would guard nothing, and nobody would be told. */
const path = z
  .string()
  .regex(/^(?!\s)(?!.*\s$)(?!\/)(?!.*\/\/)(?!(?:.*\/)?\.\.?(?:\/|$))[^\\*?\p{Cc}]+$/u)
  .meta({
    title:
      "a file or a folder from the repository's top, such as `db/migrations/`: no pattern, no `./`, no `..`, no backslash, no space at its ends",
  });
const label = z.string().regex(/\S/).meta({ title: "a label" });
const repository = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\/[\w.-]+$/)
  .meta({ title: "a repository, as `owner/name`" });
/** Labels that show other states than `ready`. */
const TAKEN = SHOWN_LABELS.filter((one) => one !== ENTRY_LABEL);
/** A pattern, so that editors know it too: in any letters, as GitHub tells no labels apart by these. */
const FREE = `(?!(?:${TAKEN.map(inAnyLetters).join("|")})$)`;
/** As GitHub takes it, and no more than fits between two backticks and into a list that commas part. */
const entryLabel = z
  .string()
  .regex(new RegExp(`^(?=\\S)${FREE}[^,\`<>\\p{Cc}]{1,50}(?<=\\S)$`, "u"))
  .meta({
    title: `a label of at most 50 characters, without comma, backtick, < and >, and none of ${TAKEN.join(", ")}`,
  });
const words = z
  .string()
  .regex(/[\p{L}\p{N}]/u)
  .meta({ title: "a word or several" });
const shellCommand = z.string().regex(/\S/).meta({ title: "a shell command" });
/** Seconds that a triage command may be given. */
const LONGEST_TRIAGE = 600;
const whole = (least: number, most: number) => z.int().min(least).max(most);

/** `a:b` → `[Aa]:[Bb]`. */
function inAnyLetters(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

/** A section whose keys all have defaults; left out, it is those. */
const section = <T extends z.core.$ZodShape>(shape: T) => z.strictObject(shape).prefault({} as never);

export const configSchema = z.strictObject({
  agent: section({
    command: shellCommand
      .optional()
      .describe(
        "Run at the top of a checkout, with the issue as files and without any token. None: Cairn holds and says so.",
      ),
    "timeout-minutes": whole(1, 360).default(60).describe("Minutes that one run of the agent may take."),
  }).describe("The coding agent."),
  check: section({
    command: shellCommand
      .optional()
      .describe(
        "Run in a job of its own on the verified patch, without any token, before anything is published: what does not end with 0 is not published. None: there is no such job.",
      ),
    "timeout-minutes": whole(1, 360).default(30).describe("Minutes that the command may take."),
  }).describe("What a patch must pass before it is published, whatever the agent says of it."),
  "entry-label": entryLabel
    .default(ENTRY_LABEL)
    .describe(
      "The label by which people ask for work; while it waits, Cairn shows it. It asks for triage, and no label skips that. Who may set it is who may write `/cairn ready`. Choose one that issues do not carry yet: each that does asks for work.",
    ),
  review: section({
    command: shellCommand
      .optional()
      .describe(
        "Looks at each head that is published, in a run of its own without any token. Its verdict is posted as a review; an objection gives a round of fixing. It approves nothing. None: people alone review.",
      ),
    "timeout-minutes": whole(1, 360).default(30).describe("Minutes that the command may take."),
  }).describe("A command that reviews what Cairn publishes, beside people."),
  triage: section({
    "minimum-length": whole(0, 10_000)
      .default(140)
      .describe("Characters that an issue's text must have, spaces at its ends not counted."),
    acceptance: z
      .enum(["required", "optional"])
      .default("required")
      .describe(
        "`required`: the text must say how one can tell that it is done: a checklist, a sentence with `should` or `must`, an expected result, a command that fails.",
      ),
    "acceptance-words": z
      .array(words)
      .default([])
      .describe("Words that say so as well, such as `soll` or `done when`."),
    "maximum-length": whole(140, 65_536)
      .default(20_000)
      .describe("Characters that an issue's text may have: longer ones are to be split."),
    "maximum-tasks": whole(1, 500)
      .default(20)
      .describe("Items that its checklists may have: more are to be split."),
    command: shellCommand
      .optional()
      .describe(
        "Asked about the text of each issue that these rules would take, in a job of its own without any token, before the agent begins. It may ask people a question, and can take nothing that the rules refuse. None: the rules alone say.",
      ),
    "timeout-seconds": whole(1, LONGEST_TRIAGE)
      .default(30)
      .describe("Seconds that the command may take. Where it takes longer, the rules alone say."),
  }).describe("What an issue must say before Cairn takes it. What is missing is asked for, in one comment."),
  "reserved-labels": z.array(label).default([]).describe("Issues with one of these labels are for people."),
  "reserved-words": z
    .array(words)
    .default([])
    .describe(
      "Issues whose title or text has one of these words are for people: `auth`, `billing`, `migration`.",
    ),
  repositories: z
    .record(label, repository)
    .default({})
    // A list: labels are no keys, and stay as they are written.
    .transform((given) =>
      Object.entries(given).map(([name, belongs]) => ({ label: name, repository: belongs })),
    )
    .meta({ title: "labels, and for each the repository, as `owner/name`, that its issues belong to" })
    .describe(
      "Issues with one of these labels belong to another repository: they are not taken here. Where the app is installed there too, and whoever asked may ask for work there as well, Cairn opens the issue there, once; else one comment says where it belongs, and why Cairn does not. Nothing is worked on there before somebody asks for it there.",
    ),
  reviewers: z
    .array(login)
    .default([])
    .describe(
      "Who is asked to review each pull request. Owners named by `CODEOWNERS` are asked by GitHub itself, beside them.",
    ),
  merge: z
    .enum(["never", "shadow", "on-green-with-review"])
    .default("never")
    .describe(
      "`on-green-with-review`: Cairn merges what its gate lets through. `never`: people merge, and the issue says when all conditions hold. `shadow`: the same, and `cairn graduation` compares what Cairn would have merged with what people merged.",
    ),
  "merge-method": z
    .enum(["merge", "squash", "rebase"])
    .default("merge")
    .describe(
      "How Cairn merges. The repository has to allow it, which `cairn doctor` looks at. With `rebase` GitHub makes the commits anew, unsigned.",
    ),
  checks: z
    .enum(["require", "allow-none"])
    .default("require")
    .describe(
      "`require`: the base branch must require at least one check before Cairn merges. `allow-none`: an approval alone may do.",
    ),
  "required-checks": z
    .array(words)
    .default([])
    .describe("Checks that a merge needs beside those that the base branch requires."),
  "checks-neutral": z
    .enum(["wait", "accept"])
    .default("wait")
    .describe(
      "`accept`: a required check that ends as neutral counts as green. `wait`: it says that nobody looked.",
    ),
  "checks-skipped": z
    .enum(["wait", "accept"])
    .default("wait")
    .describe("The same for a required check that was skipped."),
  "untested-base": z
    .enum(["accept", "wait", "update"])
    .default("update")
    .describe(
      "What a base that has moved on since a head means, where no merge queue tries heads. Cairn merges no head that does not contain the newest commit of its base, so that its checks have seen it. `update`: Cairn updates the branch by itself once all else that its merge needs is there, asks those who had approved for another review, and judges the new head from the start. `wait`: people update the branch, and review it again. `accept`: where the base's rules do not ask for heads that are up to date, Cairn merges without, and two changes that are green alone can be red together.",
    ),
  "review-bots": z
    .array(login)
    .default([])
    .describe(
      "Bots whose approval counts as a review, such as `reviewer[bot]`. It is not enough for reserved paths, nor behind a commit by somebody else than Cairn.",
    ),
  "synthetic-prefix": z
    .string()
    .regex(/\S/)
    .meta({ title: "how a title begins" })
    .default("[cairn-e2e]")
    .describe(
      "Issues whose title begins so are tries of the whole loop: their pull request is closed where it would be merged, whatever `merge` says, and however the title is edited later.",
    ),
  "never-close-labels": z
    .array(label)
    .default([])
    .describe("Issues with one of these labels, such as `incident`, stay open when their work is merged."),
  autonomy: z
    .enum(["suggest", "propose", "bounded", "full"])
    .default("full")
    .describe(
      "How far Cairn goes by itself. `suggest`: it says what it would do, and does nothing before `/cairn approve`, then as `propose`. `propose`: a branch and a draft pull request. `bounded`: a pull request for which reviews are asked. `full`: also the merge, if `merge` allows it.",
    ),
  slots: whole(1, 100)
    .default(5)
    .describe(
      "Issues of this repository that agents may work on at the same time. The others wait, the oldest first.",
    ),
  "quiet-hours": z
    .string()
    .regex(QUIET_HOURS)
    .refine(areQuietHours)
    .meta({ title: "hours and the name of a time zone, as `22:00-06:00 Europe/Berlin`" })
    .optional()
    .describe(
      "Hours of each day in which no agent begins and Cairn merges nothing. Without a time zone: UTC. What runs goes on. Whether there is such a time zone `cairn validate` says, and no editor.",
    ),
  attempts: whole(1, 10)
    .default(3)
    .describe(
      "Attempts of one generation that may be lost with their runs, or refused by `check`, before people are asked.",
    ),
  "fix-rounds": whole(0, 10)
    .default(2)
    .describe(
      "Rounds of one generation in which the agent mends what a reviewer or a failed check found, or solves a conflict with the base, before people are asked. Each may take the whole of `budgets.implementing`.",
    ),
  budgets: section({
    implementing: whole(1, 10_080)
      .default(180)
      .describe(
        "Minutes that the agents of one generation may work, all attempts together. Waiting is not charged, and nothing that lives is stopped for it.",
      ),
    reviewing: whole(1, 10_080)
      .default(120)
      .describe(
        "Minutes that the review command may work on one generation, all its looks together. Charged in the same way.",
      ),
  }).describe(
    "How long work in each state may take before people are asked. Only work is charged: a merge has none.",
  ),
  "reserved-paths": z
    .array(path)
    .default([])
    .describe(
      "Files and folders that a patch must not touch, beside those that always are for people: `.github/`, `.gitmodules`, `CODEOWNERS`, `docs/CODEOWNERS`. A folder means everything in it. Each is taken as it is written, whatever its case: there are no patterns. Issues whose text names one are for people.",
    ),
  limits: section({
    files: whole(1, 3_000).default(300).describe("Files that a patch may change."),
    kilobytes: whole(1, 51_200)
      .default(4_096)
      .describe("Kilobytes that the files of a patch may have together."),
  }).describe("The largest patch that is published."),
});

/** The file as people write it, with its defaults. */
export type WrittenConfig = z.output<typeof configSchema>;

type Camel<S extends string> = S extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : S;
type CamelKeys<T> = T extends readonly (infer U)[]
  ? readonly CamelKeys<U>[]
  : T extends object
    ? { readonly [K in keyof T as Camel<K & string>]: CamelKeys<T[K]> }
    : T;

/** The same as the code reads it. */
export type Config = CamelKeys<WrittenConfig>;

/** `merge-method` → `mergeMethod`, at every depth. */
export function configOf(written: WrittenConfig): Config {
  return camel(written) as Config;
}

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase()),
      camel(inner),
    ]),
  );
}

/** What holds where there is no file. */
export const DEFAULTS: Config = configOf(configSchema.parse({}));
