/** The whole loop in one process: sandbox with its runner, the app, and people who act over HTTP. */
import { type LogLine, type RunningApp, startApp } from "../../src/app/server.ts";
import { readSettings } from "../../src/app/settings.ts";
import { freePort } from "../../src/cli/free-port.ts";
import { type Person, person } from "../../src/cli/http.ts";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { type Stage, type StageOptions, setStage } from "../../src/cli/stage.ts";

export interface Loop extends AsyncDisposable {
  readonly stage: Stage;
  readonly maintainer: Person;
  readonly reviewer: Person;
  readonly outsider: Person;
  readonly lines: LogLine[];
  app: RunningApp;
  /** Where the app of this loop listens, and jobs look for it. */
  readonly port: number;
  /** Starts another app for the same App, as a second replica or after a loss. */
  startApp(env?: Record<string, string>): Promise<RunningApp>;
  /** `/repos/acme/<name>` */
  readonly repo: string;
  issue(input?: { title?: string; body?: string }): Promise<number>;
  /** Sets the label by which people ask, as the stage has it, or this one. */
  ready(issue: number, label?: string): Promise<void>;
  /** Approves every open pull request of Cairn's that asks for the reviewer. */
  approve(): Promise<void>;
  /** Waits until `check` gives something, calling the reviewer in between. */
  until<T>(what: string, check: () => Promise<T | undefined> | T | undefined, how?: How): Promise<T>;
  shown(issue: number): Promise<Shown>;
}

export interface How {
  readonly review?: "no";
  /** Milliseconds, where it may take longer than a loop does. */
  readonly most?: number;
}

export interface Shown {
  readonly state: string;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly body: string; readonly user: { readonly login: string } }[];
}

const MOST_MS = 45_000;
/** People here look every 50 ms, which is more than GitHub lets a person do. What the app writes stays limited. */
const LIMITS = "requests=100000/h,points=100000/m";

export async function startLoop(
  options: Omit<StageOptions, "appUrl"> & {
    readonly app?: "none";
    readonly env?: Record<string, string>;
  } = {},
): Promise<Loop> {
  const port = await freePort();
  const stage = await setStage({
    hosts: "action",
    limits: LIMITS,
    ...options,
    appUrl: `http://127.0.0.1:${port}`,
  });
  const lines: LogLine[] = [];
  const apps: RunningApp[] = [];
  const environment = (own: number, env: Record<string, string>) => ({
    APP_ID: String(stage.app.app.id),
    PRIVATE_KEY_PATH: stage.privateKeyFile,
    WEBHOOK_SECRET: stage.app.webhookSecret,
    GITHUB_API_URL: stage.sandbox.url,
    HOST: "127.0.0.1",
    PORT: String(own),
    CAIRN_START_SECONDS: "5",
    ...options.env,
    ...env,
  });
  async function launch(env: Record<string, string> = {}, own = 0): Promise<RunningApp> {
    const app = await startApp({
      settings: readSettings(environment(own, env)),
      log: (line) => lines.push(line),
    });
    apps.push(app);
    return app;
  }
  const { sandbox, tokens } = stage;
  const as = (token: string): Person => person(sandbox.url, token);
  const repo = `/repos/${stage.name}`;
  const reviewer = as(tokens.reviewer);
  const maintainer = as(tokens.maintainer);
  const approved = new Set<string>();

  async function approve(): Promise<void> {
    const pulls = await reviewer.get<
      { number: number; head: { ref: string; sha: string }; requested_reviewers: { login: string }[] }[]
    >(`${repo}/pulls`);
    for (const pull of pulls) {
      const key = `${pull.number}@${pull.head.sha}`;
      if (approved.has(key) || !pull.requested_reviewers.some(({ login }) => login === "robin")) continue;
      approved.add(key);
      await reviewer.post(`${repo}/pulls/${pull.number}/reviews`, {
        event: "APPROVE",
        commit_id: pull.head.sha,
      });
    }
  }

  const first = options.app === "none" ? undefined : await launch({}, port);
  return {
    stage,
    maintainer,
    reviewer,
    outsider: as(tokens.outsider),
    lines,
    app: first as RunningApp,
    port,
    startApp: launch,
    repo,
    approve,
    async issue(input = {}) {
      const title = input.title ?? "Greet several people at once";
      const body = input.body ?? SAMPLE_ISSUE.body;
      return (await maintainer.post<{ number: number }>(`${repo}/issues`, { title, body })).number;
    },
    async ready(issue, label = stage.entryLabel) {
      await maintainer.post(`${repo}/issues/${issue}/labels`, { labels: [label] });
    },
    async shown(issue) {
      const found = await maintainer.get<{ state: string; labels: { name: string }[] }>(
        `${repo}/issues/${issue}`,
      );
      const comments = await maintainer.get<Shown["comments"]>(
        `${repo}/issues/${issue}/comments?per_page=100`,
      );
      return { state: found.state, labels: found.labels.map(({ name }) => name), comments };
    },
    async until(what, check, how = {}) {
      const end = Date.now() + (how.most ?? MOST_MS);
      for (;;) {
        const found = await check();
        if (found !== undefined) return found;
        if (Date.now() > end) throw new Error(`waited in vain for ${what}\n${tail(lines)}`);
        if (how.review !== "no") await approve();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async [Symbol.asyncDispose]() {
      for (const app of apps) await app.stop();
      await sandbox.stop();
    },
  };
}

const tail = (lines: readonly LogLine[]): string =>
  lines
    .slice(-15)
    .map((line) => `${line.level} ${line.issue ?? ""} ${line.message}`)
    .join("\n");
