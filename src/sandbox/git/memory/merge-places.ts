/** Where git puts what two sides of a merge have under one path, when it cannot stay there together. */
import type { Sha } from "../store.ts";
import { kindOf, type Leaf } from "./tree-walk.ts";

export interface Sides {
  readonly ours: Sha;
  readonly theirs: Sha;
}

/** Things of two kinds cannot share a path: the file gets another one, both where neither is a file. */
export function placesOf(path: string, ours: Leaf, theirs: Leaf, names: Sides): readonly string[] {
  if (kindOf(ours) === kindOf(theirs)) return [path];
  if (kindOf(ours) === "file") return [beside(path, names.ours), path];
  if (kindOf(theirs) === "file") return [path, beside(path, names.theirs)];
  return [beside(path, names.ours), beside(path, names.theirs)];
}

export const beside = (path: string, name: string): string => `${path}~${name}`;
