/** Database ids and node ids. */
import type { World } from "./state.ts";

/** First id for each kind: of GitHub's order of magnitude, so that code which cuts ids to 32 bits fails here too. */
const FIRST: Readonly<Record<string, number>> = {
  user: 58_310_000,
  team: 9_640_000,
  repository: 731_200_000,
  app: 1_180_000,
  installation: 62_400_000,
  label: 8_910_000_000,
  issue: 3_240_000_000,
  pull: 2_150_000_000,
  comment: 3_020_000_000,
  event: 17_900_000_000,
  reaction: 291_000_000,
  contentEdit: 1_270_000_000,
  review: 2_610_000_000,
  reviewComment: 1_980_000_000,
  reviewThread: 1_520_000_000,
  commitComment: 151_000_000,
  checkSuite: 41_700_000_000,
  checkRun: 47_300_000_000,
  status: 37_200_000_000,
  ruleset: 6_120_000,
  mergeQueueEntry: 31_400_000,
  run: 17_300_000_000,
  job: 48_100_000_000,
  workflow: 172_000_000,
  artifact: 2_740_000_000,
  delivery: 190_000_000_000,
};

/** The next id of a kind. Throws on a kind that has no range. */
export function nextId(world: World, kind: string): number {
  const last = world.ids.get(kind) ?? FIRST[kind];
  if (last === undefined) throw new RangeError(`no range of ids for ${kind}`);
  world.ids.set(kind, last + 1);
  return last + 1;
}

/** What `nodeId` was made of; `undefined` for a text that is none. */
export function numberInNodeId(id: string): readonly [prefix: string, id: number] | undefined {
  const [, prefix, encoded] = /^([A-Z]+)_([\w-]+)$/.exec(id) ?? [];
  const bytes = Buffer.from(encoded ?? "", "base64url");
  if (prefix === undefined || bytes.length !== 10 || bytes[0] !== 0x92 || bytes[1] !== 0xcf) return undefined;
  return [prefix, Number(bytes.readBigUInt64BE(2))];
}

/** Opaque id as GraphQL knows a thing: prefix by type (`I`, `PR`, `IC`, `R`, `U`, …), then the id, encoded. */
export function nodeId(prefix: string, id: number): string {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt8(0x92, 0);
  bytes.writeUInt8(0xcf, 1);
  bytes.writeBigUInt64BE(BigInt(id), 2);
  return `${prefix}_${bytes.toString("base64url")}`;
}
