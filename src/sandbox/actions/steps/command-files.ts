/** The files by which a step speaks to its job: `GITHUB_OUTPUT`, `GITHUB_ENV`, `GITHUB_STATE`, `GITHUB_PATH`, `GITHUB_STEP_SUMMARY`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface CommandFiles {
  /** The variables that name the files. */
  readonly env: Readonly<Record<string, string>>;
  read(): Promise<StepWords>;
}

export interface StepWords {
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
  /** What could not be read or was too large, in GitHub's words. */
  readonly errors: readonly string[];
  /** Whether the step fails of it. */
  readonly unreadable: boolean;
}

const NAMES = ["OUTPUT", "ENV", "STATE", "PATH", "STEP_SUMMARY"] as const;

/** Bytes that a step's summary may have. */
const LARGEST_SUMMARY = 1024 * 1024;

const SUMMARY_PAGE =
  "https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-markdown-summary";

/** Fresh, empty files for one step. */
export async function createCommandFiles(directory: string, step: string): Promise<CommandFiles> {
  const folder = join(directory, "_runner_file_commands", step);
  await mkdir(folder, { recursive: true });
  const paths = Object.fromEntries(NAMES.map((name) => [name, join(folder, name.toLowerCase())]));
  for (const path of Object.values(paths)) await writeFile(path, "");
  // A step may remove its file: it has said nothing then.
  const text = (name: (typeof NAMES)[number]): Promise<string> =>
    readFile(paths[name] ?? "", "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
  return {
    env: Object.fromEntries(NAMES.map((name) => [`GITHUB_${name}`, paths[name] ?? ""])),
    async read() {
      const errors: string[] = [];
      const pairs = async (name: (typeof NAMES)[number]): Promise<Record<string, string>> => {
        try {
          return parsePairs(await text(name));
        } catch (error) {
          if (!(error instanceof FileCommandError)) throw error;
          errors.push(`Unable to process file command '${name.toLowerCase()}' successfully.`, error.message);
          return {};
        }
      };
      const [outputs, env, state] = [await pairs("OUTPUT"), await pairs("ENV"), await pairs("STATE")];
      const unreadable = errors.length > 0;
      const summary = await text("STEP_SUMMARY");
      const size = Buffer.byteLength(summary);
      const fits = size <= LARGEST_SUMMARY;
      if (!fits) errors.push(tooLarge(size));
      return {
        outputs,
        env,
        state,
        path: (await text("PATH")).split(/\r?\n/).filter((line) => line !== ""),
        summary: fits ? summary : "",
        errors,
        unreadable,
      };
    },
  };
}

const tooLarge = (size: number): string =>
  `$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${LARGEST_SUMMARY / 1024}k, got ${Math.floor(size / 1024)}k. For more information see: ${SUMMARY_PAGE}`;

/** A file command that cannot be read. */
class FileCommandError extends Error {
  override readonly name = "FileCommandError";
}

/** `name=value` lines, and `name<<DELIMITER` … `DELIMITER`. Throws `FileCommandError` with GitHub's words. */
function parsePairs(content: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = content.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const arrows = line.indexOf("<<");
    if (equals > 0 && (arrows < 0 || equals < arrows)) {
      found[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (arrows < 0 || equals === 0) throw new FileCommandError(`Invalid format '${line}'`);
    const name = line.slice(0, arrows);
    const delimiter = line.slice(arrows + 2);
    if (name === "" || delimiter === "") {
      throw new FileCommandError(
        `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
      );
    }
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) throw new FileCommandError(`Invalid value. Matching delimiter not found '${delimiter}'`);
    found[name] = lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return found;
}
