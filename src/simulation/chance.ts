/** Seeded chance: everything that a simulated world draws comes from here, and the same seed draws the same. */
import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Chance {
  /** In [0, 1). */
  fraction(): number;
  /** A whole number, both ends included. */
  integer(least: number, most: number): number;
  /** True with this probability. */
  happens(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  bytes(size: number): Buffer;
  uuid(): string;
  /** A source of its own: what is drawn from it moves nothing that is drawn elsewhere. */
  split(name: string): Chance;
}

export function createChance(seed: string): Chance {
  const generator = xoroshiro128plus(createHash("sha256").update(seed).digest().readInt32LE(0));
  const fraction = (): number => uniformFloat64(generator);
  const integer = (least: number, most: number): number => uniformInt(generator, least, most);
  const bytes = (size: number): Buffer => {
    const buffer = Buffer.alloc(size);
    for (let at = 0; at < size; at += 1) buffer[at] = integer(0, 255);
    return buffer;
  };
  return {
    fraction,
    integer,
    bytes,
    happens: (probability) => fraction() < probability,
    pick: (items) => items[integer(0, items.length - 1)] as (typeof items)[number],
    uuid() {
      const hex = bytes(16).toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    split: (name) => createChance(`${seed}/${name}`),
  };
}
