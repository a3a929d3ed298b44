/** A job's log: lines with times, secrets masked, and the workflow commands that stand in them. */
import type { Annotation } from "../port.ts";
import { createAnnotations } from "./annotation.ts";
import { waysToWrite } from "./secret-words.ts";
import { isStopToken, parseCommand, type WorkflowCommand } from "./workflow-command.ts";

/** What a running step takes from the commands that it prints. */
export interface StepEar {
  output(name: string, value: string): void;
  state(name: string, value: string): void;
  /** A command could not be carried out: the step fails, whatever its process says. */
  failed(): void;
}

export interface JobLog {
  /** A step begins: commands are heard again, annotations are counted anew. */
  beginStep(): void;
  /** Takes a line as a process printed it; carries out the command that it may hold. */
  print(line: string, ear?: StepEar): void;
  /** A line of the runner's own. */
  say(line: string): void;
  /** An error of the runner's own: a line, and an annotation. */
  error(message: string): void;
  warning(message: string): void;
  mask(secret: string): void;
  masked(text: string): string;
  isSecret(text: string): boolean;
  text(): string;
}

export interface JobLogOptions {
  readonly now: () => number;
  readonly onLine: (line: string) => void;
  /** Where annotations are kept. */
  readonly annotations: Annotation[];
  readonly workspace: string;
}

const SET_OUTPUT_PAGE =
  "https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/";
const SET_ENV_PAGE =
  "https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/";

export function createJobLog({ now, onLine, annotations, workspace }: JobLogOptions): JobLog {
  const lines: string[] = [];
  const secrets: string[] = [];
  const notes = createAnnotations(annotations, workspace);
  let stopToken: string | undefined;
  let echoes = false;

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
  const issue = (name: "error" | "warning" | "notice", message: string, command?: WorkflowCommand): void => {
    write(`##[${name}]${message}`);
    notes.add(name === "error" ? "failure" : name, masked(message), lines.length, command);
  };
  const mask = (secret: string): void => {
    // Each line of a secret is one: logs are printed line by line.
    for (const line of [secret, ...secret.split(/\r?\n/)].flatMap(waysToWrite)) {
      if (line.trim() !== "" && !secrets.includes(line)) secrets.push(line);
    }
    // A short secret inside a long one must not leave the rest of the long one in the log.
    secrets.sort((a, b) => b.length - a.length);
  };

  function carryOut(command: WorkflowCommand, line: string, ear: StepEar | undefined) {
    const { name, data, properties } = command;
    const refuse = (message: string): void => {
      issue("error", `Unable to process command '${line.trim()}' successfully.`);
      issue("error", message);
      ear?.failed();
    };
    switch (name) {
      case "add-mask":
        if (data.trim() === "")
          return issue("warning", "Can't add secret mask for empty string in ##[add-mask] command.");
        return mask(data);
      case "stop-commands":
        if (!isStopToken(data)) return refuse(`'${data}' cannot stop commands: name a random word`);
        stopToken = data;
        return write(line);
      case "echo":
        echoes = data.trim().toLowerCase() === "on";
        return;
      case "error":
      case "warning":
      case "notice":
        return issue(name, data, command);
      case "group":
        return write(`##[group]${data}`);
      case "endgroup":
        return write("##[endgroup]");
      case "set-output":
      case "save-state": {
        issue(
          "warning",
          `The \`${name}\` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: ${SET_OUTPUT_PAGE}`,
        );
        if (!properties.name) return refuse(`Required field 'name' is missing in ##[${name}] command.`);
        if (name === "set-output") ear?.output(properties.name, data);
        else ear?.state(properties.name, data);
        return;
      }
      case "set-env":
      case "add-path":
        return refuse(
          `The \`${name}\` command is disabled. Please upgrade to using Environment Files or opt into unsecure command execution by setting the \`ACTIONS_ALLOW_UNSECURE_COMMANDS\` environment variable to \`true\`. For more information see: ${SET_ENV_PAGE}`,
        );
      case "add-matcher":
        return issue("warning", "This sandbox makes no annotations by problem matchers.");
    }
  }

  return {
    beginStep() {
      stopToken = undefined;
      echoes = false;
      notes.beginStep();
    },
    masked,
    mask,
    isSecret: (text) => secrets.some((secret) => text.includes(secret)),
    say: write,
    error: (message) => issue("error", message),
    warning: (message) => issue("warning", message),
    print(line, ear) {
      if (stopToken !== undefined) {
        if (line.trim() === `::${stopToken}::`) stopToken = undefined;
        return write(line);
      }
      const command = parseCommand(line);
      if (!command) return write(line);
      if (echoes && command.name !== "add-mask") write(line);
      carryOut(command, line, ear);
    },
    text: () => `${lines.join("\n")}\n`,
  };
}
