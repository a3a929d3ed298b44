/** Looks at one issue as the app does, and at what the app leaves out because it does not need it. Reads only. */
import type { Observer } from "../../app/observe/index.ts";
import { refOf } from "../../barrier/index.ts";
import { INERT } from "../../core/refusals.ts";
import type { Part, Snapshot } from "../../core/snapshot.ts";
import { GitHubError } from "../../github/index.ts";
import { walkChain } from "./chain.ts";
import type { Known } from "./identity.ts";
import { markerWords } from "./marker-words.ts";
import { explainNow } from "./now.ts";
import { observe } from "./observe.ts";
import type { Report } from "./report.ts";
import { checksOf, missingOf, stateOf, visibleOf } from "./seen.ts";
import { type Question, siteOf } from "./site.ts";

/** `undefined`: there is no such issue, or it is a pull request. Throws `GitHubError` where nothing can be read. */
export async function explainIssue(question: Question): Promise<Report | undefined> {
  const { issue: number, terms } = question;
  const found = await siteOf(question);
  if (!found) return undefined;
  const { site, issue, repository, comments, ref, known } = found;
  const observer = await observe(site, { repository, terms });
  const now = await explainNow(observer);
  if (!now) return undefined;
  const unread: string[] = [];
  await lookFurther(observer, unread);
  const checks = await reading("checks", unread, () => checksOf(site, observer));
  const walk = await walkChain(site, ref?.value);
  const view = observer.chain();
  return {
    issue: {
      repository: `${repository.owner}/${repository.name}`,
      repositoryId: repository.id,
      number,
      title: issue.title,
      state: issue.state,
      labels: issue.labels,
    },
    app: appOf(known),
    now,
    chain: {
      ref: refOf(site),
      kind: view.kind,
      head: view.kind === "absent" ? null : view.head,
      generation: stateOf(observer)?.generation ?? 0,
      links: walk.links,
      cut: walk.cut,
    },
    ledger: ledgerOf(observer, { found: comments.length, expected: issue.comments }),
    open: openOf(observer),
    visible: [...visibleOf(observer, number), ...(checks ?? [])],
    missing: missingOf(observer, walk.declared),
    unread,
  };
}

const appOf = ({ identity, how, others }: Known): Report["app"] => ({
  login: identity.botLogin === "" ? null : identity.botLogin,
  id: identity.appId === 0 ? null : identity.appId,
  how,
  others,
});

/** Parts that `decide` had no need of. One that may not be read does not hide the others. */
async function lookFurther(observer: Observer, unread: string[]): Promise<void> {
  const open = stateOf(observer)?.open;
  const parts: Part[] = ["ledger", "branch", "pulls", "opened", "gate"];
  if (open?.claim) parts.push("run");
  if (open && !open.claim) parts.push("starts");
  for (const part of parts) {
    if (observer.snapshot()?.[part] === undefined) await reading(part, unread, () => observer.look(part));
  }
}

async function reading<T>(what: string, unread: string[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    unread.push(`${what}: ${error.message}`);
    return undefined;
  }
}

function ledgerOf(observer: Observer, comments: Report["ledger"]["comments"]): Report["ledger"] {
  const ledger = observer.snapshot()?.ledger?.ledger;
  const markers = [...(ledger?.visible ?? [])].map(([digest, { comment, marker }]) => ({
    comment,
    type: marker.type,
    says: markerWords(marker),
    digest,
  }));
  const inert = (ledger?.inert ?? []).map(({ comment, author, why }) => ({
    comment,
    author,
    code: why,
    what: INERT[why].what,
  }));
  return { comments, markers: markers.sort((a, b) => a.comment - b.comment), inert };
}

function openOf(observer: Observer): Report["open"] {
  const open = stateOf(observer)?.open;
  if (!open) return null;
  const { run, starts } = observer.snapshot() ?? {};
  const known = starts?.kind === "known" ? starts.starts : [];
  return {
    edge: open.edge,
    attempt: open.attempt,
    generation: open.generation,
    owner: open.claim && { run: open.claim.id, attempt: open.claim.attempt, status: statusOf(run) },
    starts: known.map(({ run: { id }, status, conclusion, url }) => ({
      run: id,
      status: conclusion === null ? status : `${status} (${conclusion})`,
      url,
    })),
    cancelled: open.cancel,
  };
}

function statusOf(run: Snapshot["run"]): string {
  switch (run?.kind) {
    case "alive":
      return run.status;
    case "over":
      return `over (${run.conclusion}) ${run.url}`;
    case "gone":
      return "deleted, or not to be seen";
    case "cannot-tell":
      return `cannot tell: ${run.why}`;
    case undefined:
      return "cannot tell";
  }
}
