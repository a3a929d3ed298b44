/** Versions and ranges as package.json has them (`20`, `20.x`, `>=18 <21`, `^3.11 || 3.9`). Pre-releases have no place in them. */

type Numbers = readonly [number, number, number];

interface Bounds {
  readonly from: Numbers;
  /** First version beyond. */
  readonly below: Numbers | undefined;
}

const ZERO: Numbers = [0, 0, 0];

/** The three numbers of a version (`v20.1.0`, `3.11.7`, `1.22`); `undefined` for a pre-release and for anything else. */
export function parseVersion(text: string): Numbers | undefined {
  const parts = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(text.trim());
  return parts ? [Number(parts[1]), Number(parts[2] ?? 0), Number(parts[3] ?? 0)] : undefined;
}

/** Whether a version is in a range. Throws `RangeError` where the range is none. */
export function satisfies(version: string, range: string): boolean {
  const own = parseVersion(version);
  if (!own) return false;
  return range.split("||").some((all) => boundsOf(all).every((bounds) => isWithin(own, bounds)));
}

const isWithin = (version: Numbers, { from, below }: Bounds): boolean =>
  compare(version, from) >= 0 && (below === undefined || compare(version, below) < 0);

function compare(a: Numbers, b: Numbers): number {
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}

function boundsOf(text: string): readonly Bounds[] {
  const hyphen = /^\s*(\S+)\s+-\s+(\S+)\s*$/.exec(text);
  if (hyphen) return [comparator(`>=${hyphen[1]}`), comparator(`<=${hyphen[2]}`)];
  // `>= 18` is one comparator, and Python writes `>=3.9,<3.13`.
  const words = text.replaceAll(/([<>=~^]+)\s+/g, "$1").split(/[\s,]+/);
  return words.filter((word) => word !== "").map(comparator);
}

function comparator(word: string): Bounds {
  const parts = /^(\^|~=|~|>=|<=|>|<|={1,2})?v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?$/.exec(word);
  if (!parts) throw new RangeError(`'${word}' is no version range`);
  const [, operator = "=", ...written] = parts;
  const numbers = written.filter((part) => part !== undefined && /\d/.test(part)).map(Number);
  const lower = fill(numbers);
  const next = following(numbers);
  switch (operator) {
    case ">=":
      return { from: lower, below: undefined };
    case ">":
      return { from: next ?? [Number.POSITIVE_INFINITY, 0, 0], below: undefined };
    case "<":
      return { from: ZERO, below: lower };
    case "<=":
      return { from: ZERO, below: next };
    case "~":
      return { from: lower, below: following(numbers.slice(0, 2)) };
    case "~=":
      return { from: lower, below: following(numbers.slice(0, Math.max(1, numbers.length - 1))) };
    case "^": {
      const first = numbers.findIndex((part) => part > 0);
      return { from: lower, below: following(first < 0 ? numbers : numbers.slice(0, first + 1)) };
    }
    default:
      return { from: lower, below: next };
  }
}

const fill = ([major = 0, minor = 0, patch = 0]: readonly number[]): Numbers => [major, minor, patch];

/** The first version beyond all that begin with these numbers; none where there are no numbers. */
function following(numbers: readonly number[]): Numbers | undefined {
  if (numbers.length === 0) return undefined;
  return fill([...numbers.slice(0, -1), (numbers.at(-1) ?? 0) + 1]);
}
