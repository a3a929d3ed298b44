/** The files by which a step speaks to its job: `GITHUB_OUTPUT`, `GITHUB_ENV`, `GITHUB_STATE`, `GITHUB_PATH`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface CommandFiles {
  readonly env: Readonly<Record<string, string>>;
  read(): Promise<StepWords>;
}

export interface StepWords {
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
}

const NAMES = ["OUTPUT", "ENV", "STATE", "PATH", "STEP_SUMMARY"] as const;

/** Fresh, empty files for one step. */
export async function createCommandFiles(directory: string, step: string): Promise<CommandFiles> {
  const folder = join(directory, "_runner_file_commands", step);
  await mkdir(folder, { recursive: true });
  const paths = Object.fromEntries(NAMES.map((name) => [name, join(folder, name.toLowerCase())]));
  for (const path of Object.values(paths)) await writeFile(path, "");
  const text = (name: (typeof NAMES)[number]): Promise<string> => readFile(paths[name] ?? "", "utf8");
  return {
    env: Object.fromEntries(NAMES.map((name) => [`GITHUB_${name}`, paths[name] ?? ""])),
    async read() {
      return {
        outputs: parsePairs(await text("OUTPUT"), "GITHUB_OUTPUT"),
        env: parsePairs(await text("ENV"), "GITHUB_ENV"),
        state: parsePairs(await text("STATE"), "GITHUB_STATE"),
        path: (await text("PATH")).split(/\r?\n/).filter((line) => line !== ""),
        summary: await text("STEP_SUMMARY"),
      };
    },
  };
}

/** A file command that cannot be read: the step fails with these words. */
export class FileCommandError extends Error {
  override readonly name = "FileCommandError";
}

/** `name=value` lines, and `name<<DELIMITER` … `DELIMITER`. Throws `FileCommandError` with GitHub's words. */
export function parsePairs(content: string, file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const heredoc = /^([^=]+?)<<(.+)$/.exec(line);
    if (heredoc && !(line.includes("=") && line.indexOf("=") < line.indexOf("<<"))) {
      const [, name = "", delimiter = ""] = heredoc;
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) {
        throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}' in ${file}`);
      }
      found[name] = lines.slice(index + 1, end).join("\n");
      index = end;
      continue;
    }
    const equals = line.indexOf("=");
    if (equals < 1) throw new FileCommandError(`Invalid format '${line}' in ${file}`);
    found[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return found;
}
