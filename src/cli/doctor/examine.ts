/** The whole examination of one repository: what people have set up, then a trial on a scratch issue. */
import type { Terms } from "../../app/settings.ts";
import { chainRefOf } from "../../core/keys.ts";
import {
  type AppClient,
  connect,
  createGovernor,
  GitHubError,
  type Governor,
  openScratch,
  realClock,
  type Scratch,
} from "../../github/index.ts";
import type { Outcome } from "../../github/outcome.ts";
import type { CheckName } from "./checks.ts";
import { answerOf, createFindings, type Finding, type Findings, verdictOf } from "./findings.ts";
import { checkSetup, judgeEvents, judgePermissions } from "./setup.ts";
import { tryGitHub } from "./trial.ts";

export interface Diagnosis {
  /** `owner/name`, as it was asked for. */
  readonly repository: string;
  readonly app: { readonly id: number; readonly login: string };
  readonly namespace: string;
  readonly checks: readonly (Finding & { readonly name: CheckName })[];
  /** What was made for the trial; `null`: there was none. */
  readonly scratch: { readonly issue: number; readonly stays: readonly string[] } | null;
}

export interface Examination {
  readonly app: AppClient;
  readonly terms: Terms;
  readonly owner: string;
  readonly repo: string;
  /** Milliseconds in which what was written must be readable. */
  readonly patience: number;
}

/** Throws `GitHubError` where GitHub does not know the App. */
export async function examine(input: Examination): Promise<Diagnosis> {
  const { app, owner, repo, terms } = input;
  const me = await app.app();
  const findings = createFindings();
  const scratch = await examineAs(input, findings, me);
  return {
    repository: `${owner}/${repo}`,
    app: { id: me.appId, login: me.botLogin },
    namespace: terms.namespace,
    checks: findings.all(),
    scratch,
  };
}

type Me = Awaited<ReturnType<AppClient["app"]>>;

async function examineAs(input: Examination, findings: Findings, me: Me): Promise<Diagnosis["scratch"]> {
  const { app, terms, owner, repo } = input;
  const installation = await app.installation(owner, repo);
  if (!installation || installation.suspended) {
    findings.put(
      "installation",
      "wrong",
      installation ? "it is suspended" : `${me.botLogin} is not installed there`,
    );
    return null;
  }
  findings.put("installation", "ok", `installation ${installation.id} of ${me.botLogin}`);
  const permissions = judgePermissions(installation);
  findings.put("permissions", permissions.verdict, permissions.found);
  const events = judgeEvents(installation);
  findings.put("events", events.verdict, events.found);
  const connection: Connected = {
    apiUrl: terms.apiUrl,
    address: () => ({ owner, repo }),
    clock: realClock,
    governor: createGovernor({ clock: realClock }),
    token: () => app.token(installation.id),
    invalidate: () => app.forgetToken(installation.id),
  };
  const { reads } = connect(connection);
  const repository = (await reads.repository()).value;
  const { workflowFile, trustedWorkflows } = terms;
  await checkSetup(findings, {
    reads,
    repository,
    permissions: installation.permissions,
    workflowFile,
    trustedWorkflows,
  });
  // What is refused for want of a permission would tell nothing about GitHub.
  if (permissions.verdict !== "ok") return null;
  const scratch = await open(connection, findings, terms.namespace);
  if (!scratch) return null;
  try {
    await tryGitHub({
      findings,
      scratch,
      reads,
      app: me,
      issue: { repository: repository.id, number: scratch.issue },
      defaultBranch: repository.defaultBranch,
      clock: realClock,
      patience: input.patience,
    });
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    findings.stop(error.message);
  } finally {
    await close(scratch, findings);
  }
  return { issue: scratch.issue, stays: staying(scratch, findings) };
}

interface Connected {
  readonly apiUrl: string;
  readonly address: () => { readonly owner: string; readonly repo: string };
  readonly clock: typeof realClock;
  readonly governor: Governor;
  readonly token: () => Promise<string>;
  readonly invalidate: () => void;
}

const TITLE = "Cairn doctor: scratch";
const BODY =
  "`cairn doctor` tries here what Cairn needs of GitHub, and closes this issue. Its chain stays, as chains do; nobody has to do anything.";

async function open(
  connection: Connected,
  findings: Findings,
  namespace: string,
): Promise<Scratch | undefined> {
  let scratch: Scratch | undefined;
  await findings.make("scratch-issue", async () => {
    const refOf = (issue: number): string => chainRefOf(issue, namespace);
    const end = await openScratch({ ...connection, title: TITLE, body: BODY, refOf });
    if (end.kind !== "applied") return { verdict: verdictOf(end), found: answerOf(end) };
    scratch = end.value;
    return { verdict: "ok", found: `#${scratch.issue}` };
  });
  return scratch;
}

/** Milliseconds for which the end of a limit is waited for, so that nothing stays open. */
const PATIENCE = 120_000;

/** Closing twice is a no-op: what was not answered, or refused for a limit, is asked for again. */
async function close(scratch: Scratch, findings: Findings): Promise<void> {
  await findings.make("scratch-closed", async () => {
    const end = await untilTaken(() => scratch.close());
    return { verdict: verdictOf(end), found: answerOf(end) };
  });
}

async function untilTaken(send: () => Promise<Outcome<null>>): Promise<Outcome<null>> {
  const last = realClock.now() + PATIENCE;
  for (let tries = 1; ; tries += 1) {
    try {
      const end = await send();
      const again = end.kind === "unknown" || (end.kind === "refused" && end.reason === "rate-limited");
      if (!again || tries === TRIES) return end;
    } catch (error) {
      const pause = error instanceof GitHubError ? error.retryAfter : undefined;
      if (pause === undefined || realClock.now() + pause > last) throw error;
      await realClock.sleep(pause);
    }
  }
}

const TRIES = 3;

function staying(scratch: Scratch, findings: Findings): readonly string[] {
  const commented = findings.verdict("comment-kept") !== undefined;
  const closed = findings.verdict("scratch-closed") === "ok";
  return [
    `issue #${scratch.issue}${commented ? " with its comment" : ""}${closed ? "" : ", which may still be open"}`,
    ...(findings.verdict("chain-created") === "ok" ? [`the ref ${scratch.ref}`] : []),
  ];
}
