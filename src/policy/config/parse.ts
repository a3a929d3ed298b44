/**
 * Reads `.github/cairn.yml`. Nothing unknown is accepted, and each error has its place. Fail closed: a file that cannot
 * be used is a hold, never a guess.
 */
import { z } from "zod";
import { putBounded } from "../../core/bounded.ts";
import { type Digest, digestOf } from "../../core/canonical.ts";
import type { FileText } from "../../github/ports.ts";
import { withinAutonomy } from "../autonomy.ts";
import { type FileProblem, problemWords, readYamlFile, unreadable } from "../yaml-file.ts";
import { allowedAt, nodeAt } from "./describe.ts";
import { CONFIG_PATH, type Config, configOf, configSchema, DEFAULTS } from "./schema.ts";

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
  });
  if (read.kind === "invalid") return { ...read, entryLabel: entryLabelIn(text) };
  const config = withinAutonomy(configOf(read.value));
  return { kind: "valid", config, digest: digestOf(config) };
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

/** `FILE:LINE:COLUMN: message`, in the order of the file. */
export const wordsOf = (problems: readonly FileProblem[], file = CONFIG_PATH): string =>
  problemWords(file, problems);
