/** `name=value,name=value`: how lag and limits are written, on the command line and through the control. */

export interface Setting {
  /** Empty where the text begins with a value alone. */
  readonly name: string;
  readonly value: string;
  /** Where it begins in the text, from 1. */
  readonly at: number;
}

/** What is wrong, where in the text, and what is allowed. */
export class SettingsTextError extends RangeError {
  override readonly name = "SettingsTextError";

  constructor(text: string, at: number, what: string) {
    super(`"${text}", character ${at}: ${what}`);
  }
}

/** The settings of a text. A value without a name belongs to the name before it: `content=80/m,500/h`. */
export function readSettingsText(text: string): readonly Setting[] {
  const settings: Setting[] = [];
  let at = 1;
  for (const part of text.split(",")) {
    const found = /^\s*(?:([^=]*?)\s*=)?\s*(.*?)\s*$/.exec(part);
    const value = found?.[2] ?? "";
    if (value === "") throw new SettingsTextError(text, at, "a value is missing");
    settings.push({ name: found?.[1] ?? settings.at(-1)?.name ?? "", value, at });
    at += part.length + 1;
  }
  return settings;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `200ms`, `2s`, `1.5m`, `1h` or `0`, in milliseconds. Throws `SettingsTextError`. */
export function durationOf(text: string, { value, at }: Setting): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value === "0" ? "0ms" : value);
  if (!found)
    throw new SettingsTextError(text, at, `"${value}" is no time: a number with ms, s, m or h, or 0`);
  return Math.round(Number(found[1]) * (UNIT_MS[found[2] ?? ""] ?? 0));
}

/** So many in so much time. */
export interface Rate {
  readonly count: number;
  readonly windowMs: number;
}

/** `80/m`, `500/h`, `10/s`. Throws `SettingsTextError`. */
export function rateOf(text: string, { value, at }: Setting): Rate {
  const found = /^(\d+)\/(s|m|h)$/.exec(value);
  if (!found)
    throw new SettingsTextError(text, at, `"${value}" is no rate: a whole number with /s, /m or /h (80/m)`);
  return { count: Number(found[1]), windowMs: UNIT_MS[found[2] ?? ""] ?? 0 };
}
