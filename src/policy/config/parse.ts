/**
 * Reads `.github/cairn.yml`. Nothing unknown is accepted, and each error has its place. Fail closed: a file that cannot
 * be used is a hold, never a guess.
 */
import { type Digest, digestOf } from "../../core/canonical.ts";
import { withinAutonomy } from "../autonomy.ts";
import { type FileProblem, problemWords, readYamlFile } from "../yaml-file.ts";
import { allowedAt, nodeAt } from "./describe.ts";
import { CONFIG_PATH, type Config, configOf, configSchema } from "./schema.ts";

export type ConfigResult =
  | { readonly kind: "valid"; readonly config: Config; readonly digest: Digest }
  | { readonly kind: "invalid"; readonly problems: readonly FileProblem[] };

/** Reads the file's text; `undefined`, no file: the defaults. Never throws. */
export function parseConfig(text: string | undefined): ConfigResult {
  const read = readYamlFile(text ?? "", configSchema, {
    emptyIsMissing: true,
    known: (path) => Object.keys(nodeAt(path)?.properties ?? {}),
    allowed(path) {
      const node = nodeAt(path);
      return node && { words: allowedAt(node), choices: node.enum ?? [] };
    },
  });
  if (read.kind === "invalid") return read;
  const config = withinAutonomy(configOf(read.value));
  return { kind: "valid", config, digest: digestOf(config) };
}

/** `FILE:LINE:COLUMN: message`, in the order of the file. */
export const wordsOf = (problems: readonly FileProblem[], file = CONFIG_PATH): string =>
  problemWords(file, problems);
