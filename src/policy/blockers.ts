/** Dependencies that an issue's text names: lines such as `Blocked by: #12, acme/tools#3`. */

export interface NamedIssue {
  /** `owner/name`; `undefined`: the issue's own repository. */
  readonly repository: string | undefined;
  readonly number: number;
}

/** More than anybody writes; each costs a request. */
const MOST = 20;

/** In the order of the text, each once. `here`: the issue's own repository, `owner/name`. */
export function blockersNamed(text: string, here: string): readonly NamedIssue[] {
  const found = new Map<string, NamedIssue>();
  for (const [, line = ""] of text.matchAll(
    /^[ \t]*(?:[-*+][ \t]+)?\**(?:blocked by|depends on)\**:\**([^\n]*)$/gim,
  )) {
    for (const [, owner, number = ""] of line.matchAll(/(?<![\w/])([\w.-]+\/[\w.-]+)?#(\d{1,9})\b/g)) {
      const isHere = owner === undefined || owner.toLowerCase() === here.toLowerCase();
      const one = { repository: isHere ? undefined : owner, number: Number(number) };
      found.set(`${one.repository ?? ""}#${one.number}`.toLowerCase(), one);
    }
  }
  return [...found.values()].slice(0, MOST);
}
