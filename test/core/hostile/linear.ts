/** Time per byte of the marker reader, long bodies against short ones, over pieces that could make it slow. */
import { decodeMarker, encodeMarker, type HoldMarker } from "../../../src/core/marker.ts";
import { deep, long, PIECES } from "./bodies.ts";

const KIB = 1_024;

const hold = (detail: string): HoldMarker => ({
  v: 1,
  type: "hold",
  issue: { repository: 7, number: 12 },
  seq: 4,
  generation: 1,
  reason: "asked",
  detail,
  evidence: [],
});

const manyKeys = (length: number): string => {
  const keys = Array.from(
    { length: Math.floor(length / 12) },
    (_, index) => `"${(index * 7_919) % 99_991}":1`,
  );
  return `\n\n<!-- cairn:marker {"v":1,"type":"hold","issue":{"repository":7,"number":12},"seq":4,${keys.join(",")}} -->`;
};

/** Bodies of about so many characters, by name. */
const SHAPES: Readonly<Record<string, (length: number) => string>> = {
  ...Object.fromEntries(
    PIECES.map((piece) => [JSON.stringify(piece), (length: number) => long(piece, length)]),
  ),
  "a real marker": (length) => encodeMarker("words", hold("x".repeat(length - 200))),
  "a real marker to escape": (length) => encodeMarker("words", hold("<-->".repeat(length / 18))),
  "a real marker under long words": (length) => encodeMarker("words ".repeat(length / 6), hold("x")),
  "a real marker with spaces behind": (length) => encodeMarker("words", hold("x")) + " ".repeat(length),
  "a deep marker": (length) => deep(encodeMarker("", hold("x")).trimStart(), "[", "]", (length - 200) / 2),
  "many keys": manyKeys,
};

/** Least time of `rounds`, in ns for each byte: whatever else the machine does only adds to it. */
function perByte(body: string, times: number, rounds: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const from = process.hrtime.bigint();
    for (let count = 0; count < times; count += 1) decodeMarker(body);
    least = Math.min(least, Number(process.hrtime.bigint() - from));
  }
  return least / (times * Buffer.byteLength(body));
}

export interface Slope {
  readonly shape: string;
  readonly nsPerByteAt1KiB: number;
  readonly nsPerByteAt64KiB: number;
  /** The latter over the former. */
  readonly ratio: number;
}

/** Short and long bodies in turn, so that both meet the same machine. */
export function slopes(rounds: number): readonly Slope[] {
  return Object.entries(SHAPES).map(([shape, make]) => {
    const [short, big] = [make(KIB), make(64 * KIB)];
    perByte(short, 64, 3);
    perByte(big, 1, 3);
    let [one, other] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < rounds; round += 1) {
      one = Math.min(one, perByte(short, 64, 4));
      other = Math.min(other, perByte(big, 1, 4));
    }
    return {
      shape,
      nsPerByteAt1KiB: round3(one),
      nsPerByteAt64KiB: round3(other),
      ratio: round3(other / one),
    };
  });
}

const round3 = (value: number): number => Number(value.toPrecision(3));
