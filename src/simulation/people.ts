/** People: those who work with Cairn, and those who get in its way. They use GitHub's API, as anybody does. */
import type { Sandbox } from "../sandbox/index.ts";
import type { PullRequest } from "../sandbox/world/pull-state.ts";
import type { Issue } from "../sandbox/world/state.ts";
import type { Chance } from "./chance.ts";
import type { Clockwork } from "./clockwork.ts";
import type { Dice, Knob } from "./knobs.ts";
import type { Act } from "./plan.ts";
import { OWNER, type Person, type Stage } from "./stage.ts";
import { editLastMarker, tamperings } from "./tampering.ts";
import type { Telling } from "./telling.ts";

export interface PeopleOptions {
  readonly sandbox: Sandbox;
  readonly stage: Stage;
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly dice: Dice;
  readonly telling: Telling;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request of a person to the repository: `path` behind `/repos/{owner}/{repo}`. Nobody retries. */
export type Ask = (person: Person, method: string, path: string, body?: unknown) => Promise<Answer>;

export interface Place extends PeopleOptions {
  readonly ask: Ask;
}

export interface People {
  readonly ask: Ask;
  /** Files an issue and, a little later, asks for work on it. */
  file(title: string): Promise<number>;
  /** From now on they work, review and meddle. */
  begin(issues: readonly number[]): void;
  /** Does this to each, now. */
  act(issues: readonly number[], act: Act): Promise<void>;
  /** Asks for a new generation of each, so much later (ms). */
  askAgain(issues: readonly number[], after: number): void;
  /** Nobody meddles any more: what was taken away is given back, what waits for people is done. */
  becomeHelpful(): Promise<void>;
  /** Events without which the promise of an end does not hold for an issue: it went away, or a person ended it. */
  readonly gone: ReadonlySet<number>;
}

const MINUTE = 60_000;

export function createPeople(options: PeopleOptions): People {
  const { sandbox, stage, clockwork, chance, dice, telling } = options;
  const { world } = sandbox;
  const gone = new Set<number>();
  let helpful = false;

  const ask: Ask = async (person, method, path, body) => {
    const url = `/repos/${OWNER}/${stage.repository.name}${path}`;
    const { status, body: answer } = await sandbox.handle({
      method,
      url,
      headers: { authorization: `token ${stage.tokens[person]}`, "user-agent": person },
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    });
    if (method !== "GET") telling.say(person, `${method} ${path} ${status}`);
    const text = answer.toString("utf8");
    return {
      status,
      body: text.startsWith("{") || text.startsWith("[") ? (JSON.parse(text) as unknown) : undefined,
    };
  };
  const place: Place = { ...options, ask };

  const issueOf = (number: number): Issue | undefined =>
    [...world.issues.values()].find(
      (one) => one.repositoryId === stage.repository.id && one.number === number,
    );
  const pullsOf = (issue: number, state: "open" | "all"): readonly PullRequest[] =>
    [...world.pulls.values()].filter(
      (pull) =>
        pull.headRef.startsWith(`cairn/${issue}-g`) &&
        (state === "all" || world.issues.get(pull.issueId)?.state === "open"),
    );
  const numberOf = (pull: PullRequest): number => world.issues.get(pull.issueId)?.number ?? 0;

  const setReady = (issue: number): Promise<Answer> =>
    ask("maya", "POST", `/issues/${issue}/labels`, { labels: ["cairn:ready"] });
  const unset = (issue: number, label: string): Promise<Answer> =>
    ask("maya", "DELETE", `/issues/${issue}/labels/${label}`);
  const setAnew = async (issues: readonly number[], label: string): Promise<void> => {
    for (const issue of issues) {
      await unset(issue, label);
      await ask("maya", "POST", `/issues/${issue}/labels`, { labels: [label] });
    }
  };
  const later = (ms: number, run: () => Promise<unknown>): void => {
    clockwork.schedule(ms, () => void run());
  };

  /** What people do to an issue, by the knob under which they do it. `weight`: how often, beside the others. */
  const meddlings: readonly (readonly [Knob, number, (issue: number) => Promise<unknown>])[] = [
    [
      "labels-flapping",
      1,
      async (issue) => {
        await unset(issue, "cairn:ready");
        later(dice.of("labels-flapping").integer(200, 3_000), async () => {
          await setReady(issue);
          if (dice.of("labels-flapping").happens(0.5)) later(1_500, () => unset(issue, "cairn:ready"));
        });
      },
    ],
    [
      "ready-again",
      1,
      async (issue) => {
        await unset(issue, "cairn:ready");
        await setReady(issue);
      },
    ],
    [
      "hold-asked",
      0.5,
      (issue) => ask("maya", "POST", `/issues/${issue}/labels`, { labels: ["cairn:hold"] }),
    ],
    [
      "issue-edited",
      0.7,
      (issue) => ask("maya", "PATCH", `/issues/${issue}`, { body: `It should work, ${clockwork.now()}.` }),
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
          to: other,
        });
        if (status < 300) gone.add(issue);
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
          await ask("maya", "PATCH", `/pulls/${numberOf(pull)}`, { state: "closed" });
        }
      },
    ],
    [
      "pull-merged-by-person",
      0.3,
      async (issue) => {
        for (const pull of pullsOf(issue, "open"))
          await ask("maya", "PUT", `/pulls/${numberOf(pull)}/merge`, {});
      },
    ],
    [
      "changes-requested",
      0.3,
      async (issue) => {
        for (const pull of pullsOf(issue, "open")) {
          const review = { event: "REQUEST_CHANGES", body: "Not like this." };
          await ask("robin", "POST", `/pulls/${numberOf(pull)}/reviews`, review);
        }
      },
    ],
    ["repository-renamed", 0.05, () => rename()],
    ["permission-withdrawn", 0.2, () => withdraw()],
    ...tamperings(place),
  ];

  async function control(method: string, path: string, body: unknown): Promise<Answer> {
    const { status } = await sandbox.handle({
      method,
      url: `/_sandbox${path}`,
      headers: {},
      body: Buffer.from(JSON.stringify(body)),
    });
    telling.say("somebody", `${method} ${path} ${status}`);
    return { status, body: undefined };
  }

  async function elsewhere(): Promise<string> {
    const name = "elsewhere";
    if (![...world.repositories.values()].some((one) => one.name === name)) {
      await sandbox.createRepository(OWNER, name, { private: true, files: { "README.md": "# Elsewhere\n" } });
    }
    return `${OWNER}/${name}`;
  }

  let renamed = 0;
  async function rename(): Promise<void> {
    renamed += 1;
    const name = `tools-${renamed}`;
    // A name is taken back only by whoever owns it: the old one leads to the new one from here on.
    await ask("maya", "PATCH", "", { name });
  }

  async function withdraw(): Promise<void> {
    sandbox.changeInstallation(stage.installation, []);
    telling.say("maya", "withdraws the app's permission");
    later(dice.of("permission-withdrawn").integer(1, 15) * MINUTE, async () => giveBack());
  }
  function giveBack(): void {
    sandbox.changeInstallation(stage.installation, "all");
    telling.say("maya", "gives it back");
  }

  /** Approves what waits for a review, as a reviewer who looks every now and then. */
  async function review(issue: number): Promise<void> {
    for (const pull of pullsOf(issue, "open")) {
      const approved = [...world.reviews.values()].some(
        (one) => one.pullId === pull.id && one.state === "APPROVED" && one.commitId === pull.headSha,
      );
      if (!approved) await ask("robin", "POST", `/pulls/${numberOf(pull)}/reviews`, { event: "APPROVE" });
    }
  }

  async function help(issue: number): Promise<void> {
    const found = issueOf(issue);
    if (!found) return void gone.add(issue);
    if (found.state === "open") await review(issue);
    const labels = found.labelIds.map((id) => stage.repository.labels.get(id)?.name ?? "");
    const held = labels.includes("cairn:hold");
    // Where Cairn may not merge, a person does.
    for (const pull of pullsOf(issue, "open")) {
      if (mergesByHand && !held) await ask("maya", "PUT", `/pulls/${numberOf(pull)}/merge`, {});
    }
    const asked = stage.repository.refs.has(`refs/cairn/${issue}`) || labels.includes("cairn:ready");
    if (found.state === "open" && !asked && !held) await setReady(issue);
  }
  let mergesByHand = false;

  function rounds(issue: number): void {
    const every = helpful ? 10 * MINUTE : chance.integer(0.5 * MINUTE, 2 * MINUTE);
    later(every, async () => {
      if (helpful) await help(issue);
      else {
        if (chance.happens(0.3)) await review(issue);
        for (const [knob, weight, act] of meddlings) if (dice.roll(knob, weight)) await act(issue);
      }
      rounds(issue);
    });
  }

  return {
    ask,
    gone,
    async file(title) {
      const { body } = await ask("maya", "POST", "/issues", {
        title,
        body: "It should work.\n\n- [ ] it does",
      });
      return (body as { number: number }).number;
    },
    begin(issues) {
      for (const issue of issues) {
        later(chance.integer(1_000, 4 * MINUTE), () => setReady(issue));
        rounds(issue);
      }
    },
    async act(issues, act) {
      if (act !== "edit") return setAnew(issues, `cairn:${act}`);
      for (const issue of issues) await editLastMarker(place, issue);
    },
    askAgain(issues, after) {
      later(after, () => setAnew(issues, "cairn:ready"));
    },
    async becomeHelpful() {
      helpful = true;
      giveBack();
      mergesByHand = !(await merges());
    },
  };

  async function merges(): Promise<boolean> {
    const { body } = await ask("maya", "GET", "/contents/.github/cairn.yml");
    const { content = "" } = (body ?? {}) as { content?: string };
    return Buffer.from(content, "base64").toString("utf8").includes("merge: on-green-with-review");
  }
}
