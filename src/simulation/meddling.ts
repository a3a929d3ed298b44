/** What people do beside Cairn: to issues, branches, pull requests, the repository and the app's permission. */
import { WELL_SAID } from "./issue-text.ts";
import type { Knob } from "./knobs.ts";
import type { Place } from "./place.ts";
import { ELSEWHERE, OWNER } from "./stage.ts";

/** By the knob under which it is done, with how often beside the others. */
export type Meddling = readonly [Knob, number, (issue: number) => Promise<unknown>];

const MINUTE = 60_000;

/** The app may work in all repositories of the owner again. */
export function giveBack({ sandbox, stage, telling }: Place): void {
  sandbox.changeInstallation(stage.installation, "all");
  telling.say("maya", "gives it back");
}

/** `transferred`: told of an issue that went to another repository. */
export function meddlings(place: Place, transferred: (issue: number) => void): readonly Meddling[] {
  const { sandbox, stage, clockwork, dice, telling, ask, control, pullsOf, setAnew, unset, later } = place;
  let renamed = 0;

  async function elsewhere(): Promise<string> {
    const name = ELSEWHERE;
    if (![...sandbox.world.repositories.values()].some((one) => one.name === name)) {
      await sandbox.createRepository(OWNER, name, { private: true, files: { "README.md": "# Elsewhere\n" } });
    }
    return `${OWNER}/${name}`;
  }

  async function rename(): Promise<void> {
    renamed += 1;
    const name = `tools-${renamed}`;
    // A name is taken back only by whoever owns it: the old one leads to the new one from here on.
    await ask("maya", "PATCH", "", { name });
  }

  async function withdraw(): Promise<void> {
    sandbox.changeInstallation(stage.installation, []);
    telling.say("maya", "withdraws the app's permission");
    later(dice.of("permission-withdrawn").integer(1, 15) * MINUTE, async () => giveBack(place));
  }

  return [
    [
      "taken-from-queue",
      4,
      async (issue) => {
        if (!place.isQueued(issue)) return;
        if (dice.of("taken-from-queue").happens(0.3)) await place.queue(issue, "dequeue");
        // Whoever put it in is to take it out.
        else await ask("maya", "POST", `/issues/${issue}/labels`, { labels: ["cairn:hold"] });
      },
    ],
    [
      "labels-flapping",
      1,
      async (issue) => {
        await unset(issue, stage.entryLabel);
        later(dice.of("labels-flapping").integer(200, 3_000), async () => {
          await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [stage.entryLabel] });
          if (dice.of("labels-flapping").happens(0.5)) later(1_500, () => unset(issue, stage.entryLabel));
        });
      },
    ],
    ["ready-again", 1, (issue) => setAnew(issue, stage.entryLabel)],
    [
      "hold-asked",
      0.5,
      (issue) => ask("maya", "POST", `/issues/${issue}/labels`, { labels: ["cairn:hold"] }),
    ],
    [
      "issue-edited",
      0.7,
      (issue) => {
        const now = clockwork.now();
        const chance = dice.of("issue-edited");
        // Its author may do no more than that.
        const who = chance.happens(0.3) ? "oda" : "maya";
        if (chance.happens(0.2)) return ask(who, "PATCH", `/issues/${issue}`, { title: `Prices, ${now}` });
        // Every other edit leaves too little to work with.
        const body = now % 2 === 0 ? `It should work, ${now}.` : `${WELL_SAID}, since ${now}`;
        return ask(who, "PATCH", `/issues/${issue}`, { body });
      },
    ],
    [
      "issue-closed",
      0.3,
      async (issue) => {
        await ask("maya", "PATCH", `/issues/${issue}`, { state: "closed" });
        if (dice.of("issue-closed").happens(0.6)) {
          later(dice.of("issue-closed").integer(1, 20) * MINUTE, () =>
            ask("maya", "PATCH", `/issues/${issue}`, { state: "open" }),
          );
        }
      },
    ],
    [
      "issue-transferred",
      0.05,
      async (issue) => {
        const other = await elsewhere();
        const { status } = await control("POST", "/issues/transfer", {
          repository: `${OWNER}/${stage.repository.name}`,
          number: issue,
          by: "maya",
          to: other,
        });
        if (status < 300) transferred(issue);
      },
    ],
    [
      "base-moved",
      1,
      async (issue) => {
        const path = dice.of("base-moved").happens(0.3)
          ? `src/issue-${issue}.js`
          : `notes/${clockwork.now()}.md`;
        const content = Buffer.from(`${clockwork.now()}\n`).toString("base64");
        await ask("maya", "PUT", `/contents/${path}`, { message: "Meanwhile", content });
      },
    ],
    ["base-conflicts", 0.7, place.conflict],
    [
      "branch-forced",
      0.4,
      async (issue) => {
        const head = stage.repository.refs.get("refs/heads/main");
        for (const pull of pullsOf(issue, "open")) {
          await ask("maya", "PATCH", `/git/refs/heads/${pull.headRef}`, { sha: head, force: true });
        }
      },
    ],
    [
      "branch-pushed-to",
      0.4,
      async (issue) => {
        for (const pull of pullsOf(issue, "open")) {
          const content = Buffer.from("mine\n").toString("base64");
          const path = `/contents/extra-${clockwork.now()}.md`;
          await ask("maya", "PUT", path, { message: "A hand's help", content, branch: pull.headRef });
        }
      },
    ],
    [
      "branch-deleted",
      0.3,
      async (issue) => {
        for (const pull of pullsOf(issue, "all"))
          await ask("maya", "DELETE", `/git/refs/heads/${pull.headRef}`);
      },
    ],
    [
      "pull-closed",
      0.3,
      async (issue) => {
        for (const pull of pullsOf(issue, "open")) {
          await ask("maya", "PATCH", `/pulls/${pull.number}`, { state: "closed" });
        }
      },
    ],
    [
      "pull-edited",
      0.5,
      async (issue) => {
        for (const pull of pullsOf(issue, "open")) {
          // Without the words that let GitHub close the issue with it.
          await ask("maya", "PATCH", `/pulls/${pull.number}`, { body: "In other words." });
        }
      },
    ],
    [
      "pull-merged-by-person",
      0.3,
      async (issue) => {
        for (const pull of pullsOf(issue, "open"))
          await ask("maya", "PUT", `/pulls/${pull.number}/merge`, {});
      },
    ],
    [
      "belongs-elsewhere",
      0.5,
      // Somebody thinks otherwise of where it belongs.
      async (issue) => {
        const off = await unset(issue, ELSEWHERE);
        if (off.status >= 300) await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [ELSEWHERE] });
      },
    ],
    ["changes-requested", 0.3, place.askForChanges],
    ["repository-renamed", 0.05, () => rename()],
    ["permission-withdrawn", 0.2, () => withdraw()],
  ];
}
