/**
 * The seed of every property: fixed, so that two runs of CI try the same. `FC_SEED`, `FC_PATH` and `FC_RUNS` try
 * others; a failure prints the shrunk counterexample with the seed and the path that replay it.
 */
import fc from "fast-check";

const { FC_SEED, FC_PATH, FC_RUNS } = process.env;

export function seeded(numRuns: number): fc.Parameters<unknown> {
  return {
    seed: FC_SEED === undefined ? 20_261_121 : Number(FC_SEED),
    numRuns: FC_RUNS === undefined ? numRuns : Number(FC_RUNS),
    ...(FC_PATH === undefined ? {} : { path: FC_PATH }),
  };
}

/** Text as people write it, and as nobody does: any UTF-16, half a surrogate pair too. */
export const anyText = (maxLength = 40): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ maxLength }),
    fc.string({ unit: "binary", maxLength }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
      .map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      "",
      "--",
      "-->",
      "<!--",
      "a --> b",
      "<script>",
      "\u2028",
      "\u202e",
      "\ud800",
      "\\u003c",
      "__proto__",
    ),
  );
