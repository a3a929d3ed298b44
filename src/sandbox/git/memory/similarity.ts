/**
 * How much of a file another one has, counted as git's `diffcore-delta.c` counts it, to find the same renames.
 * git 2.44 and newer also count an end without a newline, which older ones leave out; here it is left out.
 */
import { isBinary } from "./content.ts";

/** The whole of a file. */
export const ALL = 60_000;

const LONGEST_PIECE = 64;
const HASHES = 107_927;

/** Bytes of the content for each hash of a piece; pieces are lines, long ones cut. */
function piecesOf(content: Buffer): Map<number, number> {
  const isText = !isBinary(content);
  const pieces = new Map<number, number>();
  let [one, two, length] = [0, 0, 0];
  for (const [at, byte] of content.entries()) {
    if (isText && byte === 13 && content[at + 1] === 10) continue;
    const old = one;
    one = ((one << 7) ^ (two >>> 25)) + byte;
    two = (two << 7) ^ (old >>> 25);
    length += 1;
    if (length < LONGEST_PIECE && byte !== 10) continue;
    const hash = ((one + Math.imul(two, 0x61)) >>> 0) % HASHES;
    pieces.set(hash, (pieces.get(hash) ?? 0) + length);
    [one, two, length] = [0, 0, 0];
  }
  return pieces;
}

/** From 0 to `ALL`; 0 also where the sizes alone show that it is less than `least`. */
export function similarity(before: Buffer, after: Buffer, least: number): number {
  const [small, large] = [before.length, after.length].sort((one, other) => one - other) as [number, number];
  if (large === 0 || large * (ALL - least) < (large - small) * ALL) return 0;
  const ofAfter = piecesOf(after);
  let copied = 0;
  for (const [hash, bytes] of piecesOf(before)) copied += Math.min(bytes, ofAfter.get(hash) ?? 0);
  return Math.floor((copied * ALL) / large);
}
