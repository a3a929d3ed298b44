/** A job's log: lines with times, secrets masked, and the workflow commands that stand in them. */

export interface Annotation {
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
}

export interface JobLog {
  /** Takes a line as a process printed it; carries out the command that it may hold. */
  print(line: string): void;
  /** A line of the runner's own. */
  say(line: string): void;
  mask(secret: string): void;
  masked(text: string): string;
  isSecret(text: string): boolean;
  readonly annotations: Annotation[];
  text(): string;
}

export interface JobLogOptions {
  readonly now: () => number;
  readonly onLine: (line: string) => void;
}

const COMMAND = /^\s*::([a-z-]+)(?: ([^:]*))?::(.*)$/;

export function createJobLog({ now, onLine }: JobLogOptions): JobLog {
  const lines: string[] = [];
  const secrets = new Set<string>();
  const annotations: Annotation[] = [];
  let stopToken: string | undefined;

  const masked = (text: string): string => {
    let result = text;
    for (const secret of secrets) result = result.replaceAll(secret, "***");
    return result;
  };
  const write = (line: string): void => {
    const shown = masked(line);
    lines.push(`${new Date(now()).toISOString().replace("Z", "0000Z")} ${shown}`);
    onLine(shown);
  };
  const log: JobLog = {
    annotations,
    masked,
    mask(secret) {
      // Each line of a secret is one: logs are printed line by line.
      for (const line of secret.split(/\r?\n/)) if (line.trim() !== "") secrets.add(line);
    },
    isSecret: (text) => [...secrets].some((secret) => text.includes(secret)),
    say: write,
    print(line) {
      if (stopToken !== undefined) {
        if (line.trim() === `::${stopToken}::`) stopToken = undefined;
        return write(line);
      }
      const found = COMMAND.exec(line);
      if (!found) return write(line);
      const [, name = "", , value = ""] = found;
      switch (name) {
        case "add-mask":
          log.mask(decoded(value));
          return write("::add-mask::***");
        case "stop-commands":
          stopToken = value;
          return write(line);
        case "error":
        case "warning":
        case "notice":
          annotations.push({ level: name === "error" ? "failure" : name, message: masked(decoded(value)) });
          return write(`##[${name}]${decoded(value)}`);
        case "group":
        case "endgroup":
          return write(`##[${name}]${value}`);
        case "debug":
          return;
        default:
          // A stop token that was never given, or a command that GitHub has taken away.
          return write(line);
      }
    },
    text: () => `${lines.join("\n")}\n`,
  };
  return log;
}

const decoded = (text: string): string =>
  text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
