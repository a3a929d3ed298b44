/** `cairn validate`: whether a file of Cairn's can be used, and where it cannot. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { AUTHORITY_PATH, parseAuthority } from "../policy/authority-file.ts";
import { CONFIG_PATH, parseConfig } from "../policy/config/index.ts";
import { problemLines } from "../policy/yaml-file.ts";
import { ExitError, parse } from "./exit.ts";
import { inCalledFolder } from "./folder.ts";

export const VALIDATE_HELP = `Usage: npm run cairn -- validate [FILE] [--owner LOGIN] [--json]

Reads a configuration, by default ${CONFIG_PATH}, and tells each error as FILE:LINE:COLUMN: what stands there, what may,
and what was probably meant. docs/configuration.md lists the keys. A file that is called ${basename(AUTHORITY_PATH)} is
read as one that says who may do what (docs/commands.md).

  --owner LOGIN  the organization that the repository belongs to: its teams can be named, and no others
  --json         one JSON object: {"file","valid","problems":[{"line","column","message"}]}

Exit codes: 0 it can be used, 2 it cannot, or arguments cannot.
`;

export async function validate(args: readonly string[]): Promise<number> {
  const known = { json: { type: "boolean", default: false }, owner: { type: "string" } } as const;
  const { values, positionals } = parse("validate", args, known, "subject");
  const [file = CONFIG_PATH, ...more] = positionals;
  if (more.length > 0)
    throw new ExitError(2, "validate takes one file (see: npm run cairn -- validate --help)");
  const text = await readFile(inCalledFolder(file), "utf8").catch((error: Error) => {
    throw new ExitError(2, `${file} cannot be read: ${error.message}`);
  });
  const isAuthority = basename(file) === basename(AUTHORITY_PATH);
  if (values.owner !== undefined && !isAuthority)
    throw new ExitError(2, `--owner is for ${basename(AUTHORITY_PATH)}: nothing else names teams`);
  const by =
    values.owner === undefined ? undefined : { owner: values.owner, ownerType: "Organization" as const };
  const parsed = isAuthority ? parseAuthority(text, by) : parseConfig(text);
  const problems = parsed.kind === "invalid" ? parsed.problems : [];
  const valid = problems.length === 0;
  if (values.json) process.stdout.write(`${JSON.stringify({ file, valid, problems })}\n`);
  else {
    const lines = valid ? [`${file}: it can be used`] : problemLines(file, problems);
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }
  return valid ? 0 : 2;
}
