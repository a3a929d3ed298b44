/** Which names git takes for refs. */
import { GitStoreError } from "./errors.ts";

/** Whether git takes this as a full ref name (the rules of `git check-ref-format`, under `refs/`). */
export function isRefName(ref: string): boolean {
  if (!/^refs\/[^/]+/.test(ref) || ref.endsWith("/") || ref.endsWith(".")) return false;
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\//.test(ref)) return false;
  return ref.split("/").every((part) => !part.startsWith(".") && !part.endsWith(".lock"));
}

/** Throws `invalid-ref` for what is not a full ref name. */
export function assertRefName(ref: string): void {
  if (isRefName(ref)) return;
  throw new GitStoreError("invalid-ref", {
    what: "this is not a full ref name",
    where: JSON.stringify(ref),
    next: "Write it like refs/heads/main.",
  });
}
