/** A port of loopback that was free a moment ago. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below those that systems give away by themselves (Linux from 32768 on, others from 49152), to whoever listens on any
 * port or connects: nobody gets it by chance before its user listens.
 */
const FROM = 20_000;
const BELOW = 32_768;

/** How many are tried, of which each may be in use. */
const TRIES = 20;

/** Throws the last error where none of those tried can be listened on. */
export async function freePort(pick = () => randomInt(FROM, BELOW)): Promise<number> {
  for (let left = TRIES; ; left -= 1) {
    const port = pick();
    try {
      await listenOnce(port);
      return port;
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}

const listenOnce = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
