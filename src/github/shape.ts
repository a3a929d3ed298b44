/** Reads fields out of answers, and says where an answer is not what GitHub documents. */
import { GitHubError } from "./errors.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Throws `GitHubError` `malformed`, naming the field. */
export class Shape {
  readonly #where: string;
  readonly fields: Fields;

  constructor(where: string, data: unknown) {
    this.#where = where;
    if (typeof data !== "object" || data === null || Array.isArray(data)) this.#malformed("an object");
    this.fields = data as Fields;
  }

  #malformed(what: string): never {
    throw new GitHubError("malformed", this.#where, `the answer lacks ${what}`);
  }

  text(name: string): string {
    const value = this.fields[name];
    return typeof value === "string" ? value : this.#malformed(`'${name}'`);
  }

  textOr<T>(name: string, fallback: T): string | T {
    const value = this.fields[name];
    return typeof value === "string" ? value : fallback;
  }

  number(name: string): number {
    const value = this.fields[name];
    return typeof value === "number" ? value : this.#malformed(`'${name}'`);
  }

  numberOr<T>(name: string, fallback: T): number | T {
    const value = this.fields[name];
    return typeof value === "number" ? value : fallback;
  }

  truth(name: string): boolean {
    return this.fields[name] === true;
  }

  /** ISO 8601 as milliseconds. */
  time(name: string): number {
    const at = Date.parse(this.text(name));
    return Number.isNaN(at) ? this.#malformed(`a time in '${name}'`) : at;
  }

  timeOr<T>(name: string, fallback: T): number | T {
    return typeof this.fields[name] === "string" ? this.time(name) : fallback;
  }

  object(name: string): Shape {
    return new Shape(this.#where, this.fields[name]);
  }

  objectOr(name: string): Shape | undefined {
    const value = this.fields[name];
    return typeof value === "object" && value !== null ? new Shape(this.#where, value) : undefined;
  }

  objects(name: string): readonly Shape[] {
    return objectsOf(this.#where, this.fields[name]);
  }

  /** A list that GitHub may leave out or call null where it is empty. */
  objectsOr(name: string): readonly Shape[] {
    return objectsOf(this.#where, this.fields[name] ?? []);
  }

  /** A list whose places can be empty. */
  places(name: string): readonly (Shape | undefined)[] {
    const value = this.fields[name];
    if (!Array.isArray(value)) this.#malformed(`a list in '${name}'`);
    return value.map((one) => (one === null ? undefined : new Shape(this.#where, one)));
  }

  /** The field must be exactly this. */
  literal(name: string, value: string): void {
    if (this.fields[name] !== value) this.#malformed(`'${name}: ${value}'`);
  }
}

export function objectsOf(where: string, data: unknown): readonly Shape[] {
  if (!Array.isArray(data)) throw new GitHubError("malformed", where, "the answer is not a list");
  return data.map((item) => new Shape(where, item));
}

/** Segments of a path or ref for `{+…}`: a `#` or `?` in a name would otherwise end the address. */
export const pathOf = (text: string): string => text.split("/").map(encodeURIComponent).join("/");
