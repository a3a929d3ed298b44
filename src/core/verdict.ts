/** How the merge gate's verdict is shown on the head that it speaks of. */

/** Name of the check run. */
export const VERDICT_CHECK = "Cairn";
