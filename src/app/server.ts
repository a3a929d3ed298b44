/** The app's server: Probot receives and checks webhooks, and hands them on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createNodeMiddleware, createProbot } from "probot";
import { type App, type AppOptions, createApp } from "./app.ts";
import { exchangeHandler } from "./exchange-handler.ts";
import type { AppSettings } from "./settings.ts";
import { EVENTS } from "./target.ts";

export type { AppOptions, LogLine } from "./app.ts";

export interface RunningApp extends Pick<App, "sweep" | "idle" | "stop"> {
  readonly url: string;
}

/** Milliseconds for which the server waits for open connections when it stops. */
const GRACE = 5_000;

/** Starts the app behind its server. Throws `GitHubError` where GitHub does not know the App. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const app = await createApp(options);
  let stopping = false;
  const { http, url } = await listen(options.settings, app, () => !stopping);
  return {
    url,
    sweep: app.sweep,
    idle: app.idle,
    async stop() {
      stopping = true;
      await app.stop();
      await close(http);
    },
  };
}

async function listen(
  settings: AppSettings,
  app: App,
  healthy: () => boolean,
): Promise<{ readonly url: string; readonly http: Server }> {
  const webhooks = await webhookDoor(settings, app);
  const tokens = exchangeHandler(app.exchange);
  const http = createServer((request, response) => {
    if (request.url === "/healthz") {
      response.writeHead(healthy() ? 200 : 503, { "content-type": "text/plain" });
      response.end(healthy() ? "ok\n" : "stopping\n");
      return;
    }
    void tokens(request, response).then((served) => {
      if (!served) return webhooks(request, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(settings.port, settings.host, resolve);
  });
  const address = http.address();
  const port = typeof address === "object" && address !== null ? address.port : settings.port;
  return {
    url: `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`,
    http,
  };
}

/** Probot's own handler: it checks signatures, and answers whatever is asked for. */
async function webhookDoor(
  settings: AppSettings,
  app: App,
): Promise<(request: IncomingMessage, response: ServerResponse) => Promise<unknown>> {
  const probot = createProbot({
    env: {},
    overrides: {
      appId: settings.appId,
      privateKey: settings.privateKey,
      secret: settings.webhookSecret,
      baseUrl: settings.apiUrl,
      logLevel: "fatal",
    },
  });
  const webhooks = await createNodeMiddleware(
    (robot) => {
      robot.on([...EVENTS], ({ name, payload }) =>
        app.receive({ name, payload: payload as unknown as Record<string, unknown> }),
      );
    },
    { probot },
  );
  return async (request, response) =>
    webhooks(request, response, () => {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("not found\n");
    });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
