/** Dependencies that an issue's text names: lines such as `Blocked by: #12, acme/tools#3`. */
import { visibleLines } from "./visible-text.ts";

export interface NamedIssue {
  /** `owner/name`; `undefined`: the issue's own repository. */
  readonly repository: string | undefined;
  readonly number: number;
}

/** At a line's begin, in a list or a checklist. */
const LINE =
  /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?\**(?:blocked by|depends on)\**:\**(.*)$/i;

/** In the order of the text, each once; what stands in code or in an HTML comment says nothing. `here`: the issue's own repository, `owner/name`. */
export function blockersNamed(text: string, here: string): readonly NamedIssue[] {
  const found = new Map<string, NamedIssue>();
  for (const line of visibleLines(text)) {
    const [, names = ""] = (!line.isCode && LINE.exec(line.text)) || [];
    for (const [, owner, number = ""] of names.matchAll(/(?<![\w/])([\w.-]+\/[\w.-]+)?#(\d{1,9})\b/g)) {
      const isHere = owner === undefined || owner.toLowerCase() === here.toLowerCase();
      const one = { repository: isHere ? undefined : owner, number: Number(number) };
      found.set(`${one.repository ?? ""}#${one.number}`.toLowerCase(), one);
    }
  }
  return [...found.values()];
}
