/** Plays a recording back: the real app against nock, which answers what was recorded, each exchange once. */
import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { type LogLine, startApp } from "../../src/app/server.ts";
import { readSettings } from "../../src/app/settings.ts";
import type { Json } from "../../src/core/canonical.ts";
import { deliver } from "./payload.ts";
import { isFields, toReadable, toWire } from "./readable.ts";
import {
  AS_SENT,
  callerOf,
  type Exchange,
  type Recording,
  read,
  START,
  type StartRecording,
} from "./recording.ts";

const API = "https://api.github.com";
const SECRET = "a-secret-of-the-webhook";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

/** A request that came, and the place in the recording of the exchange that answered it. */
export interface Asked extends Pick<Exchange, "round" | "as" | "request" | "body"> {
  readonly place: number;
}

export interface Replayed {
  readonly status: number;
  /** In the order in which they came. */
  readonly asked: readonly Asked[];
  /** Requests for which nothing is recorded. */
  readonly unknown: readonly string[];
  readonly rests: string | null;
}

/** Starts the app by `start.json`, then delivers the webhook, and once more where the recording has it twice. */
export async function replay(recording: Omit<Recording, "markers">): Promise<Replayed[]> {
  const start = read<StartRecording>(START);
  const unknown: string[] = [];
  const noMatch = ({ method, url }: Request): void => {
    if (!url.startsWith("http://127.0.0.1:")) unknown.push(`${method} ${url}`);
  };
  const lines: LogLine[] = [];
  nock.disableNetConnect();
  nock.enableNetConnect("127.0.0.1");
  nock.emitter.on("no match", noMatch);
  const begun = record(start.exchanges, start.date);
  const app = await startApp({
    settings: readSettings({
      APP_ID: appIdOf(start),
      PRIVATE_KEY: privateKey,
      WEBHOOK_SECRET: SECRET,
      HOST: "127.0.0.1",
      PORT: "0",
    }),
    log: (line) => lines.push(line),
  });
  try {
    await begun.all;
    const looks = [recording.exchanges, ...(recording.again ? [recording.again] : [])];
    const ends: Replayed[] = [];
    for (const exchanges of looks) {
      const { asked } = record(exchanges, recording.date);
      const { status } = await deliver(app.url, recording.webhook, SECRET);
      await app.idle();
      ends.push({ status, asked, unknown: unknown.splice(0), rests: lines.at(-1)?.message ?? null });
    }
    return ends;
  } finally {
    await app.stop();
    nock.emitter.off("no match", noMatch);
    nock.cleanAll();
    nock.enableNetConnect();
  }
}

const appIdOf = (start: StartRecording): string => {
  const app = start.exchanges.find(({ request }) => request === "GET /app")?.answer;
  return String(isFields(app) ? app.id : "");
};

/** Has nock answer each exchange once; of the same request, one after the other. */
function record(exchanges: readonly Exchange[], date: string) {
  const asked: Asked[] = [];
  const all = Promise.withResolvers<void>();
  for (const [place, exchange] of exchanges.entries()) {
    const [method = "", path = ""] = exchange.request.split(" ");
    nock(API)
      .intercept(path, method)
      .reply(async (request: Request) => {
        const text = await request.text();
        const sent = text === "" ? undefined : (JSON.parse(text) as Json);
        asked.push({
          place,
          round: exchange.round,
          request: exchange.request,
          ...callerOf(request.headers.get("authorization")),
          ...(sent === undefined ? {} : { body: toReadable(sent) }),
        });
        if (asked.length === exchanges.length) all.resolve();
        return [exchange.status, answerTo(exchange, sent), headersOf(exchange, date)];
      });
  }
  return { asked, all: all.promise };
}

/** A message that was given back as it was sent carries the random word of this very request. */
function answerTo({ answer }: Exchange, sent: Json | undefined): string {
  if (answer === undefined) return "";
  const echoed = isFields(answer) && answer.message === AS_SENT && isFields(sent);
  return JSON.stringify(toWire(echoed ? { ...answer, message: sent.message ?? null } : answer));
}

const headersOf = ({ answer, date: own, link }: Exchange, date: string): Record<string, string> => ({
  date: new Date(own ?? date).toUTCString(),
  ...(answer === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
  ...(link === undefined ? {} : { link }),
});
