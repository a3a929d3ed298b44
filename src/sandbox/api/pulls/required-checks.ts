/** What is missing of required checks, in GitHub's words. */
import type { RequiredCheck } from "../../world/pull-state.ts";
import type { CheckResult } from "../checks/rollup.ts";

/** GitHub names one check that is missing, and counts several: `2 of 3 … have not succeeded: 1 expected and 1 pending.` */
export function unmetChecks(
  required: readonly RequiredCheck[],
  found: readonly CheckResult[],
): string | undefined {
  const states = required.map(({ context, appId }) => {
    const here = found.filter((one) => one.name === context && (appId === null || one.appId === appId));
    // Where several apps report under one name, the worst counts.
    return {
      context,
      state: here.find((one) => one.state !== "success")?.state ?? here[0]?.state ?? "expected",
    };
  });
  const open = states.filter((one) => one.state !== "success");
  const [first] = open;
  if (!first) return undefined;
  if (open.length === 1 && required.length === 1)
    return `Required status check "${first.context}" is ${first.state}.`;
  const kinds = [...new Set(open.map((one) => one.state))];
  const all = `${open.length} of ${required.length} required status checks`;
  if (kinds.length === 1 && open.length === required.length && first.state !== "failing")
    return `${all} are ${first.state}.`;
  const counts = kinds.map((kind) => `${open.filter((one) => one.state === kind).length} ${kind}`);
  return `${all} have not succeeded: ${counts.join(" and ")}.`;
}
