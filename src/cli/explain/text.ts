/** The report for people: what matters first. */
import type { Report } from "./report.ts";

export function explainText(report: Report): string {
  const { issue, now, chain, ledger } = report;
  const labels = issue.labels.length > 0 ? `, labels ${issue.labels.join(", ")}` : "";
  return [
    `${issue.repository}#${issue.number}  ${issue.title}  (${issue.state}${labels})`,
    `app      ${appWords(report)}`,
    "",
    `now      ${now.code}: ${now.what}`,
    ...(now.detail === "" ? [] : [`         ${now.detail}`]),
    `next     ${now.next}`,
    ...(now.again === null
      ? []
      : [`         The app looks again at ${now.again}, or when something happens.`]),
    "",
    `chain    ${chain.ref} ${chainWords(report)}`,
    ...chain.links.map(
      ({ commit, at, by, says, seq }) =>
        `  ${String(seq ?? "?").padStart(3)}  ${at}  ${commit.slice(0, 12)}  ${by}  ${says}`,
    ),
    ...(chain.cut ? ["       … and what came before is not shown"] : []),
    "",
    `ledger   ${countWords(report)}`,
    ...ledger.markers.map(({ comment, type, says }) => `  comment ${comment}  ${type}  ${says}`),
    ...ledger.inert.map(
      ({ comment, author, code, what }) => `  comment ${comment}  inert (${code}) by @${author}: ${what}`,
    ),
    "",
    ...openWords(report),
    ...listed("visible", report.visible, "nothing of the work yet"),
    ...listed("missing", report.missing, "nothing"),
    ...(report.unread.length === 0 ? [] : listed("unread", report.unread, "")),
    "",
  ].join("\n");
}

function appWords({ app }: Report): string {
  const others = app.others.length > 0 ? `; markers of others here: ${app.others.join(", ")}` : "";
  const id = app.id === null ? "" : ` (app ${app.id})`;
  switch (app.how) {
    case "named":
      return `${app.login}${id}, as named${others}`;
    case "seen":
      return `${app.login}${id}, as the chain and the comments have it; --app SLUG says which it must be${others}`;
    case "unknown":
      return "none has left a trace here";
  }
}

function chainWords({ chain }: Report): string {
  switch (chain.kind) {
    case "absent":
      return "is not there";
    case "foreign":
      return `is at ${chain.head}, which the app did not make`;
    case "sound":
      return `is at ${chain.head}, generation ${chain.generation}`;
  }
}

function countWords({ ledger }: Report): string {
  const { found, expected } = ledger.comments;
  const lag = found < expected ? ` of ${expected} (GitHub's list lags)` : "";
  return `markers that count: ${ledger.markers.length}; comments read: ${found}${lag}`;
}

function openWords({ open }: Report): readonly string[] {
  if (!open) return ["work     none is under way"];
  const cancelled = open.cancelled === null ? "" : `, cancelled (${open.cancelled})`;
  const head = `work     ${open.edge}/${open.attempt} of generation ${open.generation}${cancelled}`;
  if (open.owner)
    return [head, `         owned by run ${open.owner.run}/${open.owner.attempt}: ${open.owner.status}`];
  const starts = open.starts.map(({ run, status, url }) => `         run ${run}: ${status} ${url}`);
  return [`${head}, claimed by nobody`, ...starts];
}

const listed = (name: string, items: readonly string[], none: string): readonly string[] =>
  (items.length === 0 ? [none] : items).map(
    (item, index) => `${(index === 0 ? name : "").padEnd(8)} ${item}`,
  );
