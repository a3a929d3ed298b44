/**
 * Refusal of single refs of a push, with words of GitHub's own. git asks its `proc-receive` hook about them, which
 * answers from files that were written beforehand; all other refs are git's business as ever.
 */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface DeclinedRef {
  readonly ref: string;
  /** Stands in brackets behind the ref: `protected branch hook declined`. */
  readonly reason: string;
  /** Lines that the client shows behind `remote:`. */
  readonly lines: readonly string[];
}

export interface Declining extends AsyncDisposable {
  /** For the environment of the process that takes the push. */
  readonly environment: Readonly<Record<string, string>>;
}

const HOOK = `#!/bin/sh
here=$(dirname "$0")
cat "$here/messages" >&2
cat "$here/reply"
cat >/dev/null
`;

/** Makes a hook that declines these refs. */
export async function decline(directory: string, declined: readonly DeclinedRef[]): Promise<Declining> {
  const hooks = await mkdtemp(join(directory, "declined-"));
  const reports = declined.map(({ ref, reason }) => pktLine(`ng ${ref} ${reason}\n`));
  await writeFile(join(hooks, "messages"), declined.flatMap(({ lines }) => [...lines, ""]).join("\n"));
  await writeFile(join(hooks, "reply"), [pktLine("version=1\n"), FLUSH, ...reports, FLUSH].join(""));
  await writeFile(join(hooks, "proc-receive"), HOOK);
  await chmod(join(hooks, "proc-receive"), 0o755);
  const settings = [
    ["core.hooksPath", hooks],
    ...declined.map(({ ref }) => ["receive.procReceiveRefs", ref]),
  ] as const;
  const pairs = settings.flatMap(([key = "", value = ""], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return {
    environment: { GIT_CONFIG_COUNT: String(settings.length), ...Object.fromEntries(pairs) },
    [Symbol.asyncDispose]: () => rm(hooks, { recursive: true, force: true }),
  };
}

const FLUSH = "0000";

const pktLine = (text: string): string =>
  `${(Buffer.byteLength(text) + 4).toString(16).padStart(4, "0")}${text}`;
