/** How far reads lag behind, by kind of read. */
import { durationOf, readSettingsText, SettingsTextError } from "../control/settings-text.ts";

/**
 * `list`: what GitHub gives in pages. `get`: single objects. `count`: an issue's number of comments, `total_count`.
 * `ref`: refs, wherever a read looks at them.
 */
export type LagClass = "list" | "get" | "count" | "ref";

/** Milliseconds on the sandbox's clock; 0: read from the primary. */
export type LagSettings = Readonly<Record<LagClass, number>>;

export const NO_LAG: LagSettings = { list: 0, get: 0, count: 0, ref: 0 };

export const LAG_GRAMMAR = `CLASS=TIME with commas between: list (what GitHub gives in pages), get (single objects),
count (an issue's number of comments, total_count), ref (refs, wherever they are read).
A time alone sets list, get and count; what is not named does not lag. Times: 200ms, 2s, 1m`;

const CLASSES: readonly string[] = Object.keys(NO_LAG);

/** Reads `list=2s,get=200ms`, `2s`, `off`. Throws `SettingsTextError`. */
export function parseLag(text: string): LagSettings {
  if (text.trim() === "off") return NO_LAG;
  const lag: Record<LagClass, number> = { ...NO_LAG };
  const named = new Set<string>();
  for (const setting of readSettingsText(text)) {
    const { name, at } = setting;
    if (named.has(name)) throw new SettingsTextError(text, at, `${name || "a time alone"} is given twice`);
    named.add(name);
    const milliseconds = durationOf(text, setting);
    if (name === "") lag.list = lag.get = lag.count = milliseconds;
    else if (isClass(name)) lag[name] = milliseconds;
    else throw new SettingsTextError(text, at, `there is no "${name}": there are ${CLASSES.join(", ")}`);
  }
  return lag;
}

const isClass = (name: string): name is LagClass => CLASSES.includes(name);

/** The same as text, for people and for `parseLag`. */
export function lagText(lag: LagSettings): string {
  return Object.entries(lag)
    .map(([name, milliseconds]) => `${name}=${milliseconds === 0 ? "0" : `${milliseconds}ms`}`)
    .join(",");
}
