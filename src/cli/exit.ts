/** Ends of a command: 0 done, 1 failed, 2 refused (arguments, input), 3 try again. */
import { type ParseArgsConfig, parseArgs } from "node:util";

export class ExitError extends Error {
  override readonly name = "ExitError";
  readonly code: 1 | 2 | 3;

  constructor(code: 1 | 2 | 3, message: string) {
    super(message);
    this.code = code;
  }
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Options of a verb. Throws `ExitError` 2 that names what is wrong and where to read more. */
export function options<T extends Options>(verb: string, args: readonly string[], known: T) {
  return parse(verb, args, known, "options").values;
}

/** The one thing that a verb is about, and its options. Throws `ExitError` 2; `what` says what it is. */
export function subject<T extends Options>(verb: string, args: readonly string[], known: T, what: string) {
  const { values, positionals } = parse(verb, args, known, "subject");
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) {
    throw new ExitError(2, `${verb} takes ${what} (see: npm run cairn -- ${verb} --help)`);
  }
  return { name, values };
}

/** Options and, for a verb that has a subject, the other words. Throws `ExitError` 2. */
export function parse<T extends Options>(
  verb: string,
  args: readonly string[],
  known: T,
  kind: "options" | "subject",
) {
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: kind === "subject" });
  } catch (error) {
    const words = (error as Error).message.split("\n")[0] ?? "";
    throw new ExitError(2, `${words} (see: npm run cairn -- ${verb} --help)`);
  }
}

/** A port of the machine. Throws `ExitError` 2. */
export function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new ExitError(2, `--port ${text} is no port: give a number from 0 to 65535`);
}
