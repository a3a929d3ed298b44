/**
 * The merge gate as a table. Its order is the order in which people are told, and, as each condition asks only for
 * what it needs, nearly the order of reading: what is cheap or already known first. Who could still say no is asked last
 * of all (`judgeMerge`).
 */

import { isUpToDate, rulesMet, threadsResolved } from "./base.ts";
import { checksExist, checksGreen, checksNotFailed } from "./checks.ts";
import type { Condition } from "./facts.ts";
import { isNotBlocked, isNotHeld } from "./issue.ts";
import { isAllowed, isNoShadow, isNoTry, isNotQuiet, isReadable } from "./policy.ts";
import {
  hasNoConflict,
  headIsListed,
  isComputed,
  isInPlace,
  isNoDraft,
  isOpen,
  pathsApproved,
} from "./pull.ts";
import { isNotPutOut } from "./queue.ts";
import { reviewedByCommand } from "./review-command.ts";
import { approved, changesRequested, commitsKnown } from "./reviews.ts";
import { isAlone } from "./under-way.ts";

export const CONDITIONS: readonly Condition[] = [
  isOpen,
  isNoDraft,
  isInPlace,
  changesRequested,
  checksNotFailed,
  hasNoConflict,
  reviewedByCommand,
  approved,
  isReadable,
  commitsKnown,
  pathsApproved,
  headIsListed,
  checksExist,
  checksGreen,
  isComputed,
  threadsResolved,
  isUpToDate,
  rulesMet,
  isNotHeld,
  isNotBlocked,
  isNoTry,
  isAllowed,
  isNoShadow,
  isNotPutOut,
  isNotQuiet,
  isAlone,
];
