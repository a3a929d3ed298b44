/** What the demo shows while it runs: lines with times, or JSON objects; in a terminal a status line below. */
import type { WatchEvent } from "./watch.ts";

export interface Display {
  event(event: WatchEvent): void;
  say(text: string): void;
  /** What the agent prints right now. */
  agent(issue: number, text: string): void;
  /** A whole object; in JSON mode only. */
  object(value: unknown): void;
  /** Longer text at the end; not in JSON mode. */
  report(text: string): void;
}

interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export function createDisplay(mode: "json" | "text", out: Output = process.stdout): Display {
  const begun = Date.now();
  const since = (): string => `${((Date.now() - begun) / 1000).toFixed(1).padStart(6)}s`;
  const json = (value: unknown): void => {
    out.write(`${JSON.stringify(value)}\n`);
  };
  if (mode === "json") {
    return {
      event: ({ issue, event, text }) => json({ type: "event", issue, event, text }),
      say: (text) => json({ type: "note", text }),
      agent: (issue, text) => json({ type: "agent", issue, text }),
      object: json,
      report: () => undefined,
    };
  }
  const live = out.isTTY === true;
  const clear = live ? "\r\u001b[K" : "";
  const line = (text: string): void => {
    out.write(`${clear}${since()}  ${text}\n`);
  };
  return {
    event: ({ issue, event, text }) => line(`#${issue} ${event.padEnd(6)} ${text}`),
    say: line,
    agent(issue, text) {
      if (live)
        out.write(
          `${clear}         #${issue} agent │ ${text.slice(0, Math.max(20, (out.columns ?? 100) - 24))}`,
        );
      else line(`#${issue} agent  │ ${text}`);
    },
    object: () => undefined,
    report: (text) => {
      out.write(`${clear}${text}\n`);
    },
  };
}
