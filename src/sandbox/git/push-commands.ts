/** What a push asks for, read from the beginning of its request: commands as pkt-lines, then the pack. */
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Sha } from "./store.ts";

/** One ref that a push wants to move; 40 zeros where it makes or deletes it. */
export interface PushedRef {
  readonly ref: string;
  readonly before: Sha;
  readonly after: Sha;
}

export interface PushRequest {
  readonly commands: readonly PushedRef[];
  /** Empty where nothing but deletions is asked. */
  readonly pack: Buffer;
}

/** Reads a push that was received whole. `undefined`: it is not one that can be read, and git will say so. */
export async function readPush(
  spool: string,
  encoding: string | undefined,
): Promise<PushRequest | undefined> {
  const file = createReadStream(spool);
  const whole = await contentOf(encoding === "gzip" ? file.pipe(createGunzip()) : file);
  const commands: PushedRef[] = [];
  let at = 0;
  let options = false;
  for (;;) {
    const line = pktLine(whole, at);
    if (line === undefined) return undefined;
    at += line.bytes;
    if (line.text === null) break;
    const [command = "", capabilities = ""] = line.text.split("\0");
    options ||= capabilities.split(" ").includes("push-options");
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (\S+)/.exec(command);
    if (match) commands.push({ before: match[1]!, after: match[2]!, ref: match[3]! });
  }
  while (options) {
    const line = pktLine(whole, at);
    if (line === undefined) return undefined;
    at += line.bytes;
    options = line.text !== null;
  }
  return { commands, pack: whole.subarray(at) };
}

async function contentOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The pkt-line at a place; `text: null` for the flush that ends a list. */
function pktLine(
  whole: Buffer,
  at: number,
): { readonly text: string | null; readonly bytes: number } | undefined {
  const length = Number.parseInt(whole.toString("latin1", at, at + 4), 16);
  if (length === 0) return { text: null, bytes: 4 };
  if (!(length >= 4) || at + length > whole.length) return undefined;
  return { text: whole.toString("utf8", at + 4, at + length), bytes: length };
}
