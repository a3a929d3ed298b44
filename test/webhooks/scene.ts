/** The scenes in which webhooks are recorded: a sandbox with one issue, brought by people and by an earlier app to where it is. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type RunningApp, startApp } from "../../src/app/server.ts";
import { type AppSettings, readSettings } from "../../src/app/settings.ts";
import { freePort } from "../../src/cli/free-port.ts";
import { type Person, person } from "../../src/cli/http.ts";
import { SAMPLE_ISSUE } from "../../src/cli/sample.ts";
import { type Stage, setStage } from "../../src/cli/stage.ts";
import { CONFIG_PATH } from "../../src/policy/config/index.ts";

export interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly issue: number;
  readonly maintainer: Person;
  readonly reviewer: Person;
  readonly outsider: Person;
  /** `/repos/acme/greetings` */
  readonly repo: string;
  /** For another app than the one that jobs ask. */
  settings(): AppSettings;
  label(name: string, by?: Person): Promise<void>;
  /** The maintainer changes something; `path` is behind the repository's. */
  change(path: string, body: unknown, method?: "PATCH" | "PUT" | "DELETE"): Promise<void>;
  /** Puts text in the place of the configuration; `undefined`: takes it away. */
  configure(text: string | undefined): Promise<void>;
  /** An app that looks at everything once and then ends. */
  look(): Promise<void>;
  /** The label, and an app until the agent's work is published, its run is over and the checks are through. */
  implement(): Promise<void>;
}

/** Milliseconds in which a run has to end. */
const MOST = 60_000;

export async function setScene(): Promise<Scene> {
  const port = await freePort();
  // Webhooks that the sandbox sends go nowhere: the recorder delivers its own.
  const silent = await listenInSilence(port);
  const stage = await setStage({
    hosts: "action",
    appUrl: `http://127.0.0.1:${port}`,
    webhookUrl: "http://127.0.0.1:1/",
  });
  const { sandbox, tokens } = stage;
  const repo = `/repos/${stage.name}`;
  const as = (token: string): Person => person(sandbox.url, token);
  const maintainer = as(tokens.maintainer);
  const { number: issue } = await maintainer.post<{ number: number }>(`${repo}/issues`, {
    title: "Greet several people at once",
    body: SAMPLE_ISSUE.body,
  });
  const settings = (own = 0): AppSettings =>
    readSettings({
      APP_ID: String(stage.app.app.id),
      PRIVATE_KEY_PATH: stage.privateKeyFile,
      WEBHOOK_SECRET: stage.app.webhookSecret,
      GITHUB_API_URL: sandbox.url,
      HOST: "127.0.0.1",
      PORT: String(own),
    });
  const ignore = (): void => undefined;
  const label: Scene["label"] = async (name, by = maintainer) => {
    await by.post(`${repo}/issues/${issue}/labels`, { labels: [name] });
  };
  const change: Scene["change"] = async (path, body, method = "PATCH") => {
    const response = await fetch(`${sandbox.url}${repo}${path}`, {
      method,
      headers: { authorization: `token ${tokens.maintainer}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  };
  async function swept(app: RunningApp): Promise<void> {
    await app.sweep();
    await app.idle();
  }

  return {
    stage,
    issue,
    maintainer,
    reviewer: as(tokens.reviewer),
    outsider: as(tokens.outsider),
    repo,
    settings: () => settings(),
    label,
    change,
    async configure(text) {
      const path = `/contents/${CONFIG_PATH}`;
      const { sha } = await maintainer.get<{ sha: string }>(`${repo}${path}`);
      const content = text === undefined ? {} : { content: Buffer.from(text).toString("base64") };
      await change(path, { message: "Configure", sha, ...content }, text === undefined ? "DELETE" : "PUT");
    },
    async look() {
      const app = await startApp({ settings: settings(), log: ignore });
      await swept(app);
      await app.stop();
    },
    async implement() {
      await close(silent);
      await label("cairn:ready");
      const app = await startApp({ settings: settings(port), log: ignore });
      await swept(app);
      const checked = (): boolean =>
        [...sandbox.world.checkRuns.values()].some((run) => run.name === "test" && run.conclusion !== null) &&
        [...sandbox.world.runs.values()].every((run) => run.status === "completed");
      await until("the work to be published and checked", checked);
      await app.stop();
    },
    async [Symbol.asyncDispose]() {
      await close(silent);
      await sandbox.stop();
    },
  };
}

/** Where jobs look for the app: a run that asks here is under way for as long as the scene lasts. */
async function listenInSilence(port: number): Promise<Server> {
  const server = createServer(() => undefined);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}

async function until(what: string, check: () => boolean): Promise<void> {
  const end = Date.now() + MOST;
  while (!check()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
