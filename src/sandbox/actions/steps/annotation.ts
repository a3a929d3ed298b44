/** Annotations of a job: what `::error file=…::` and its kin put on the check run. */
import type { Annotation } from "../port.ts";
import type { WorkflowCommand } from "./workflow-command.ts";

/** Annotations of one level that GitHub keeps of one step, and of any level of one job (docs: usage limits). */
const MOST = { ofStep: 10, ofJob: 50 };

export interface Annotations {
  /** Counts anew: a step begins. */
  beginStep(): void;
  /** Keeps an annotation; `at` is the line of the log where it was said, for one that names no file. */
  add(level: Annotation["level"], message: string, at: number, command?: WorkflowCommand): void;
}

/** Annotations that go into `kept`. Paths below `workspace` become relative to it. */
export function createAnnotations(kept: Annotation[], workspace: string): Annotations {
  const counts = new Map<Annotation["level"], number>();
  return {
    beginStep: () => counts.clear(),
    add(level, message, at, command) {
      const before = counts.get(level) ?? 0;
      counts.set(level, before + 1);
      if (before >= MOST.ofStep || kept.length >= MOST.ofJob) return;
      const { file = "", title = "" } = command?.properties ?? {};
      const place = file === "" ? { startLine: at, endLine: at } : placeIn(command?.properties ?? {});
      kept.push({
        level,
        message,
        title,
        path: file === "" ? ".github" : relativeTo(workspace, file),
        startColumn: null,
        endColumn: null,
        ...place,
      });
    },
  };
}

const relativeTo = (workspace: string, file: string): string =>
  file.startsWith(`${workspace}/`) ? file.slice(workspace.length + 1) : file;

type Place = Pick<Annotation, "startLine" | "endLine" | "startColumn" | "endColumn">;

/** Lines and columns, put right as the runner does: an end alone is the start too, columns need one line. */
function placeIn(properties: Readonly<Record<string, string>>): Place {
  const number = (name: string): number | null => {
    const text = properties[name] ?? "";
    return /^\d+$/.test(text) ? Number(text) : null;
  };
  const startLine = number("line") ?? number("endLine");
  const endLine = number("endLine") ?? startLine;
  const startColumn = number("col") ?? number("endColumn");
  const endColumn = number("endColumn") ?? startColumn;
  const columnsStand =
    startLine !== null &&
    startLine === endLine &&
    (endColumn ?? 0) >= (startColumn ?? 0) &&
    startColumn !== null;
  const linesStand = startLine !== null && (endLine ?? 0) >= startLine;
  return {
    startLine: linesStand ? startLine : 1,
    endLine: linesStand ? (endLine ?? startLine) : 1,
    startColumn: columnsStand ? startColumn : null,
    endColumn: columnsStand ? endColumn : null,
  };
}
