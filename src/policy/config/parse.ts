/**
 * Reads `.github/cairn.yml`. Nothing unknown is accepted, and each error has its place. Fail closed: a file that cannot
 * be used is a hold, never a guess.
 */
import { z } from "zod";
import { putBounded } from "../../core/bounded.ts";
import { type Digest, digestOf } from "../../core/canonical.ts";
import { sameLabel } from "../../core/entry-label.ts";
import { oneLine } from "../../core/quoted.ts";
import type { FileText } from "../../github/ports.ts";
import { withinAutonomy } from "../autonomy.ts";
import {
  type Contradiction,
  type FileProblem,
  problemWords,
  readYamlFile,
  unreadable,
} from "../yaml-file.ts";
import { allowedAt, CONFIG_SCHEMA, nodeAt } from "./describe.ts";
import { CONFIG_PATH, type Config, configOf, configSchema, DEFAULTS, type WrittenConfig } from "./schema.ts";

export type ConfigResult =
  | { readonly kind: "valid"; readonly config: Config; readonly digest: Digest }
  | {
      readonly kind: "invalid";
      readonly problems: readonly FileProblem[];
      /** What the file says of it all the same; else the default. */
      readonly entryLabel: string;
    };

/** What texts were read as. Each look at an issue reads the same one. */
const known = new Map<string, ConfigResult>();
const MOST_KNOWN = 200;

/** Reads the file's text; `undefined`, no file: the defaults. What is there without a text is no such file. Never throws. */
export function parseConfig(text: FileText = ""): ConfigResult {
  if (typeof text !== "string") return { ...unreadable(text), entryLabel: DEFAULTS.entryLabel };
  const before = known.get(text);
  if (before) return before;
  const result = parsed(text);
  putBounded(known, text, result, MOST_KNOWN);
  return result;
}

function parsed(text: string): ConfigResult {
  const read = readYamlFile(text, configSchema, {
    emptyIsMissing: true,
    known: (path) => Object.keys(nodeAt(path)?.properties ?? {}),
    allowed(path) {
      const node = nodeAt(path);
      return node && { words: allowedAt(node), choices: node.enum ?? [] };
    },
    elsewhere: (_path, key) => {
      const places = placesOf(key).map((one) => `'${one}'`);
      return places.length === 0 ? undefined : `it stands at ${places.join(" or ")}`;
    },
    contradictions,
  });
  if (read.kind === "invalid") return { ...read, entryLabel: entryLabelIn(text) };
  const config = withinAutonomy(configOf(read.value));
  return { kind: "valid", config, digest: digestOf(config) };
}

/** Where a key is known, with its section. */
function placesOf(key: string): readonly string[] {
  const sections = Object.entries(CONFIG_SCHEMA.properties ?? {});
  return sections.flatMap(([name, { properties }]) => [
    ...(name === key ? [name] : []),
    ...(properties && Object.hasOwn(properties, key) ? [`${name}.${key}`] : []),
  ]);
}

/** What would take no issue at all, however it is written. */
function contradictions(written: WrittenConfig): readonly Contradiction[] {
  const { triage } = written;
  const least = triage["minimum-length"];
  const most = triage["maximum-length"];
  const reserved = written["reserved-labels"].findIndex((one) => sameLabel(one, written["entry-label"]));
  return [
    ...(least > most
      ? [
          {
            places: [
              ["triage", "minimum-length"],
              ["triage", "maximum-length"],
            ],
            words: `no text is both ${least} characters long at least and ${most} at most`,
          },
        ]
      : []),
    ...(reserved >= 0
      ? [
          {
            places: [["reserved-labels", reserved], ["entry-label"]],
            words: "the label by which people ask for work reserves an issue for people: none would be taken",
          },
        ]
      : []),
  ];
}

/**
 * The label by which people ask for work. A file that cannot be used has one too: whoever sets it is to be told that the file is
 * wrong, and not to be left without an answer.
 */
export const entryLabelOf = (result: ConfigResult): string =>
  result.kind === "valid" ? result.config.entryLabel : result.entryLabel;

const entrySchema = z.looseObject({ "entry-label": configSchema.shape["entry-label"] });

function entryLabelIn(text: string): string {
  const read = readYamlFile(text, entrySchema, { emptyIsMissing: true, known: () => undefined });
  return read.kind === "valid" ? read.value["entry-label"] : DEFAULTS.entryLabel;
}

/** Characters that a hold shows of what it is about, and the fewest by which a problem can be understood. */
const ROOM = 390;
const LEAST = 90;

/**
 * `FILE:LINE:COLUMN: message`, in the order of the file. Of several each has its share of the room that a hold has: a long one
 * crowds out none.
 */
export function wordsOf(problems: readonly FileProblem[], file = CONFIG_PATH): string {
  const [first, ...more] = problems;
  if (!first || more.length === 0) return problemWords(file, problems);
  const place = `${file}:${first.line}:${first.column}: ; `.length;
  const share = Math.max(LEAST, Math.floor(ROOM / problems.length) - place);
  return problemWords(
    file,
    problems.map((one) => ({ ...one, message: oneLine(one.message, share) })),
  );
}
