/** Workflow commands: what a step says to its job in its output (docs: "Workflow commands for GitHub Actions"). */

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const NAMES = new Set([
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
]);

/** `::name key=value,…::data`, or the older `##[name key=value;…]data`; `undefined` where the line is none. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  return parseWith(/^\s*::([^:\s]+)(?: (.*?))?::(.*)$/s, ",", line) ?? parseOld(line);
}

const parseOld = (line: string): WorkflowCommand | undefined =>
  parseWith(/##\[([^\]\s]+)(?: ([^\]]*))?\](.*)$/s, ";", line);

function parseWith(pattern: RegExp, separator: string, line: string): WorkflowCommand | undefined {
  const [, written = "", list = "", data = ""] = pattern.exec(line) ?? [];
  const name = written.toLowerCase();
  if (!NAMES.has(name)) return undefined;
  const properties = Object.fromEntries(
    list.split(separator).flatMap((pair) => {
      const equals = pair.indexOf("=");
      return equals < 1 ? [] : [[pair.slice(0, equals).trim(), unescapeProperty(pair.slice(equals + 1))]];
    }),
  );
  return { name, properties, data: unescapeData(data) };
}

const unescapeData = (text: string): string =>
  text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");

const unescapeProperty = (text: string): string =>
  text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");

/** Whether a word may stop commands: not empty, and no command itself. */
export const isStopToken = (word: string): boolean =>
  word !== "" && word !== "pause-logging" && !NAMES.has(word.toLowerCase());
