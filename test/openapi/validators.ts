/**
 * Validators as code, made when first needed and kept under `node_modules/.cache`: compiling the schemas again in every
 * worker would cost more than the tests themselves.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire, enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import { VERSION } from "./description.ts";
import { type Described, nameOf, type Subject } from "./subject.ts";

/** `absent`: the description does not have it. */
export type Validator = ((value: unknown) => boolean) | { readonly absent: Absence };
export type Absence = Extract<Described, { absent: string }>["absent"];

const require = createRequire(import.meta.url);

const digest = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);

/** Code that the files depend on; with it they change their place. */
const MAKERS = [
  "ajv.ts",
  "amendments.ts",
  "compile.ts",
  "description.ts",
  "json-schema.ts",
  "subject.ts",
  "validators.ts",
];
const maker = digest(...MAKERS.map((file) => readFileSync(join(import.meta.dirname, file), "utf8")));
const PLACE = join(import.meta.dirname, "../../node_modules/.cache/cairn-openapi", `${VERSION}-${maker}`);

// The files are large, and most of the time that they cost is the time to compile them.
enableCompileCache(join(PLACE, "compiled"));

/** Keeps what was compiled for the next worker. A worker may be ended before it would do so by itself. */
export const keepCompiled = (): void => flushCompileCache();

const loaded = new Map<string, Validator>();

export async function validatorFor(subject: Subject): Promise<Validator> {
  const name = nameOf(subject);
  const found = loaded.get(name) ?? (await load(subject, join(PLACE, `${digest(name)}.cjs`)));
  loaded.set(name, found);
  return found;
}

async function load(subject: Subject, file: string): Promise<Validator> {
  if (existsSync(file)) return require(file) as Validator;
  // With the compiler comes all of ajv, which a worker that finds its validators does without.
  const { codeOf } = await import("./compile.ts");
  mkdirSync(PLACE, { recursive: true });
  // Several workers may make the same file: each writes its own, and the last to rename wins with the same text.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, codeOf(subject));
  renameSync(draft, file);
  return require(file) as Validator;
}
