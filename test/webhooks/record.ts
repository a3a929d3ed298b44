/**
 * Makes the recordings: the real app against the sandbox, its requests taken down by nock's recorder.
 * `node test/webhooks/record.ts` makes all of them anew, `node test/webhooks/record.ts NAME…` some.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import nock from "nock";
import { type LogLine, startApp } from "../../src/app/server.ts";
import type { Json } from "../../src/core/canonical.ts";
import { cut } from "./answers.ts";
import type { Case } from "./cases/case.ts";
import { CASES } from "./cases.ts";
import { endOf } from "./ends.ts";
import { named } from "./names.ts";
import { deliver } from "./payload.ts";
import { isFields, toReadable } from "./readable.ts";
import {
  AS_SENT,
  callerOf,
  type Exchange,
  FOLDER,
  type Recording,
  START,
  type StartRecording,
  TOKEN,
} from "./recording.ts";
import { createRounds, type Rounds } from "./rounds.ts";
import { type Scene, setScene } from "./scene.ts";
import { DELIVERED_AT, tidy } from "./tidy.ts";

/** The GUID of GitHub's documentation. */
const DELIVERY = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
/** Characters of a line. */
const WIDTH = 108;

export interface Recorded {
  readonly start: StartRecording;
  readonly recording: Recording;
}

/** Records one case. Throws where it does not end as the case says. */
export async function record(one: Case): Promise<Recorded> {
  await using stack = new AsyncDisposableStack();
  const scene = stack.use(await setScene());
  await one.set(scene);
  const { sandbox, installation } = scene.stage;
  // All that went before is in another minute than the delivery, however long it took.
  sandbox.clock.advance(90_000);
  const rounds = createRounds();
  const lines: LogLine[] = [];
  takeDown();
  // A suspended installation is not swept: all that the app asks later it asks because of the webhook.
  installation.suspendedAt = sandbox.clock.now();
  const startedAt = secondOf(sandbox.clock.now());
  const app = await startApp({
    settings: scene.settings(),
    fetch: rounds.fetch,
    log: (line) => lines.push(line),
  });
  stack.defer(() => app.stop());
  await rounds.quiet();
  const start = taken(scene, rounds);
  installation.suspendedAt = null;

  const webhook = { ...one.webhook(scene), delivery: DELIVERY };
  const deliveredAt = secondOf(sandbox.clock.now());
  const send = async (): Promise<readonly Exchange[]> => {
    const { status } = await deliver(app.url, webhook, scene.stage.app.webhookSecret);
    if (status >= 300) throw new Error(`the app answered ${status}`);
    await app.idle();
    await rounds.quiet();
    return taken(scene, rounds);
  };
  const exchanges = await send();
  const again = one.twice ? await send() : undefined;
  const seen = { exchanges, ...(again ? { again } : {}), rests: lines.at(-1)?.message ?? null };
  const { rests, ...tidied } = tidy(seen, deliveredAt, sandbox.url);
  const end = endOf([...tidied.exchanges, ...(tidied.again ?? [])], rests);
  if (!isDeepStrictEqual(end, one.end)) {
    throw new Error(`${one.title}: it ended otherwise: ${JSON.stringify(end, null, 2)}`);
  }
  return {
    start: {
      title: "The app starts",
      scene: "Its installation is suspended at that moment, so that the first sweep finds nothing.",
      ...dated({ exchanges: tidy(start, startedAt, sandbox.url) }),
    },
    recording: {
      title: one.title,
      scene: one.scene,
      webhook,
      end: one.end,
      ...named(dated(tidied)),
    },
  };
}

let taking = false;

/** Once for the process: a recorder of nock's that was stopped does not start again. */
function takeDown(): void {
  if (!taking)
    nock.recorder.rec({ dont_print: true, output_objects: true, enable_reqheaders_recording: true });
  taking = true;
  nock.recorder.clear();
}

const secondOf = (at: number): number => Math.floor(at / 1_000) * 1_000;

/** What nock has recorded of the app's requests since the last time, by rounds. */
function taken(scene: Scene, rounds: Rounds): readonly Exchange[] {
  const recorded = (nock.recorder.play() as nock.Definition[]).filter(
    ({ scope }) => scope === scene.stage.sandbox.url,
  );
  nock.recorder.clear();
  const sizes = rounds.sizes.splice(0);
  const round = sizes.flatMap((size, index) => Array.from({ length: size }, () => index + 1));
  if (round.length !== recorded.length) {
    throw new Error(`the app asked ${round.length} times, and ${recorded.length} requests were recorded`);
  }
  return recorded.map((definition, index) => exchangeOf(definition, round[index] ?? 0));
}

function exchangeOf(definition: nock.Definition, round: number): Exchange {
  const { method = "GET", path, body, status = 200, response, reqheaders, rawHeaders } = definition;
  const request = `${method} ${path}`;
  const headers = new Headers(rawHeaders as Record<string, string> | undefined);
  const link = headers.get("link");
  const date = new Date(headers.get("date") ?? Number.NaN).toISOString().replace(".000Z", "Z");
  const answer = answerOf(request, status, response as Json, body as Json);
  return {
    round,
    request,
    ...callerOf((reqheaders?.authorization as string | undefined) ?? null),
    ...(body === "" ? {} : { body: toReadable(body as Json) }),
    status,
    date,
    ...(link === null ? {} : { link }),
    ...(answer === undefined ? {} : { answer }),
  };
}

function answerOf(request: string, status: number, response: Json, body: Json): Json | undefined {
  if (response === "") return undefined;
  const answer = cut(request, status, response);
  if (!isFields(answer)) return toReadable(answer);
  const readable = toReadable({ ...answer, ...("token" in answer ? { token: TOKEN } : {}) }) as typeof answer;
  const sent = toReadable(body);
  const echoed =
    isFields(sent) && sent.message !== undefined && isDeepStrictEqual(sent.message, readable.message);
  return echoed ? { ...readable, message: AS_SENT } : readable;
}

/** The dates of the answers, told once where they are the same. */
function dated<T extends { readonly exchanges: readonly Exchange[]; readonly again?: readonly Exchange[] }>(
  lists: T,
): T & { readonly date: string } {
  const date = new Date(DELIVERED_AT).toISOString().replace(".000Z", "Z");
  const once = (exchanges: readonly Exchange[]): readonly Exchange[] =>
    exchanges.map(({ date: own, ...exchange }) => (own === date ? exchange : { ...exchange, date: own }));
  return {
    date,
    ...lists,
    exchanges: once(lists.exchanges),
    ...(lists.again ? { again: once(lists.again) } : {}),
  };
}

function write(name: string, recording: Recording | StartRecording): void {
  writeFileSync(join(FOLDER, `${name}.json`), `${printed(recording as unknown as Json, "")}\n`);
}

/** JSON with one line for all that fits on one; `biome format` keeps it so. */
function printed(value: Json, indent: string, key = ""): string {
  const flat = `${key}${JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ")}`;
  if (typeof value !== "object" || value === null || indent.length + flat.length < WIDTH) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${printed(item, inner)}`)
    : Object.entries(value).map(
        ([name, item]) => `${inner}${printed(item, inner, `${JSON.stringify(name)}: `)}`,
      );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${key}${open}\n${items.join(",\n")}\n${indent}${close}`;
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  for (const [name, one] of Object.entries(CASES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const { start, recording } = await record(one);
    write(START, start);
    write(name, recording);
    process.stdout.write(`${name}: ${recording.exchanges.length} exchanges\n`);
  }
  execFileSync(join(import.meta.dirname, "../../node_modules/.bin/biome"), ["format", "--write", FOLDER], {
    stdio: "inherit",
  });
}
