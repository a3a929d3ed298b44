/** The diagnosis for people, and as JSON for machines: what is not right, with what it means and what to do. */
import { CHECKS, NOT_CHECKED } from "./checks.ts";
import type { Diagnosis } from "./examine.ts";

export const isHealthy = ({ checks }: Diagnosis): boolean => checks.every(({ verdict }) => verdict === "ok");

export function diagnosisText(diagnosis: Diagnosis): string {
  const { checks, scratch } = diagnosis;
  const count = (verdict: string): number => checks.filter((check) => check.verdict === verdict).length;
  return [
    `${diagnosis.repository}  ${diagnosis.app.login} (app ${diagnosis.app.id}), chains under refs/${diagnosis.namespace}/`,
    "",
    ...checks.flatMap(({ name, verdict, found }) => [
      `${verdict.padEnd(8)} ${name}: ${CHECKS[name].holds}`,
      `         ${found}`,
      ...(verdict === "wrong"
        ? [`         means: ${CHECKS[name].means}`, `         next:  ${CHECKS[name].next}`]
        : []),
    ]),
    "",
    "not checked",
    ...NOT_CHECKED.map(({ fact, why }) => `         ${fact}: ${why}`),
    "",
    ...(scratch ? [`stays    ${scratch.stays.join(", ")}`] : []),
    `${count("ok")} ok, ${count("wrong")} wrong, ${count("unknown")} unknown`,
    "",
  ].join("\n");
}

export function diagnosisJson(diagnosis: Diagnosis): string {
  const checks = diagnosis.checks.map((check) => ({ ...check, ...CHECKS[check.name] }));
  return `${JSON.stringify({ ok: isHealthy(diagnosis), ...diagnosis, checks, notChecked: NOT_CHECKED })}\n`;
}
