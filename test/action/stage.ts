/**
 * A real sandbox repository with an issue whose intent is declared, and an exchange that gives every run a real
 * token with the job's rights: what keeps a run from acting here is the Action itself.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Purpose, permissionsFor } from "../../src/app/exchange.ts";
import { createCommitCache, makeSteps, readChain, type Site } from "../../src/barrier/index.ts";
import { textDigest } from "../../src/core/canonical.ts";
import { emptyChain, type OpenEdge, type Step } from "../../src/core/chain.ts";
import { encodeMarker, type IntentMarker } from "../../src/core/marker.ts";
import { declaration, implementEffects, NOTHING_YET, type Plan } from "../../src/core/plan.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { Effect } from "../../src/core/words.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { parseConfig } from "../../src/policy/config/index.ts";
import type { RequestEntry } from "../../src/sandbox/request-log.ts";
import { type Call as Api, type Fixture, start } from "../sandbox/fixture.ts";
import { bundled, type JobEnd } from "./bundle.ts";

const run = promisify(execFile);

/** Configuration of the repository; the agent is a line of shell, and so is the check where there is one. */
export const configOf = (
  check: string | undefined,
): string => `${check === undefined ? "" : `check: { command: ${JSON.stringify(check)} }\n`}agent:
  command: sh agent.sh
reviewers: [rui]
merge: on-green-with-review
checks: allow-none
`;

export const TITLE = "Add numbers | `rm -rf /` @rui";
const BODY = "`sum([1, 2])` should give 3.";
const AGENT = `echo "working on $CAIRN_ISSUE_NUMBER"
echo 'export const sum = (list) => list.reduce((a, b) => a + b, 0);' > "src/sum-$CAIRN_ISSUE_NUMBER.js"
`;

export interface Turn {
  readonly issue: number;
  /** Comment of the intent. */
  readonly intent: number;
  readonly site: Site;
  readonly marker: IntentMarker;
}

/** What earlier jobs of a run left for later ones, as `needs` and as folders. */
export interface RunSoFar {
  readonly turn: Turn;
  readonly id: number;
  readonly needs: Record<string, { result: string; outputs: Readonly<Record<string, string>> }>;
  readonly temp: string;
}

export interface Stage extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly maintainer: Api;
  /** An issue, and the intent of its first attempt, declared and written. */
  declare(): Promise<Turn>;
  /** The next intent of an issue, after `first`. */
  declareNext(
    turn: Turn,
    first: readonly Step[],
    edge: "implement" | "merge",
    effects: readonly Effect[],
  ): Promise<Turn>;
  begin(turn: Turn, id: number): Promise<RunSoFar>;
  /** One job of the run, in an attempt; `cancelUpon`: text in its log upon which it is cancelled. */
  job(run: RunSoFar, name: string, attempt?: number, cancelUpon?: string): Promise<JobEnd>;
  /** Requests that changed or tried to change something, since the mark. */
  writesSince(mark: number): readonly string[];
  mark(): number;
  landed(): readonly string[];
}

/** `check`: the repository's own check, a line of shell. */
export async function setStage(files: Readonly<Record<string, string>> = {}, check?: string): Promise<Stage> {
  const fixture = await start({ limits: "off" });
  const { sandbox, app } = fixture;
  const repository = await sandbox.createRepository("acme", "work", {
    private: true,
    files: {
      "README.md": "# Work\n",
      "src/add.js": "export const add = (a, b) => a + b;\n",
      "agent.sh": AGENT,
      ".github/cairn.yml": configOf(check),
      ...files,
    },
  });
  sandbox.addCollaborator(repository, "maya", "admin");
  sandbox.addCollaborator(repository, "rui", "write");
  const temp = await mkdtemp(join(tmpdir(), "cairn-bundle-"));
  const identity = { appId: app.app.id, botId: app.app.botId, botLogin: "cairn[bot]", namespace: "cairn" };
  const appToken = await fixture.installationToken();
  const maintainer: Api = (method, path, ...rest) =>
    fixture.as(fixture.tokens.maintainer)(method, path.replace(/^~/, "/repos/acme/work"), ...rest);
  const open = new Map<number, OpenEdge>();
  const exchange = await startExchange({
    async grant(issue, purpose) {
      const edge = open.get(issue);
      if (!edge) throw new Error(`issue ${issue} was not declared`);
      const token = await fixture.installationToken({
        repository_ids: [repository.id],
        permissions: permissionsFor(purpose, edge),
      });
      return { ...identity, token, expiresAt: "2099-01-01T00:00:00Z" };
    },
  });

  function siteOf(issue: number): Site {
    const connection = connect({
      apiUrl: sandbox.url,
      address: () => ({ owner: "acme", repo: "work" }),
      clock: realClock,
      governor: createGovernor({ clock: realClock }),
      token: async () => appToken,
    });
    const { namespace, ...who } = identity;
    return {
      issue: { repository: repository.id, number: issue },
      app: who,
      ...connection,
      clock: realClock,
      commits: createCommitCache(),
      namespace,
    };
  }

  async function intend(
    site: Site,
    first: readonly Step[],
    what: Pick<IntentMarker, "edge" | "generation" | "attempt" | "effects">,
  ) {
    const view = (await readChain(site)).value;
    if (view.kind === "foreign") throw new Error(view.why);
    const { number } = site.issue;
    const shown = (await maintainer("GET", `~/issues/${number}`)).body;
    const commit = (await maintainer("GET", "~/git/ref/heads/main")).body.object.sha;
    const config = parseConfig(files[".github/cairn.yml"] ?? configOf(check));
    if (config.kind !== "valid") throw new Error("the configuration is not valid");
    const chain = view.kind === "sound" ? view.state : emptyChain(site.issue);
    const plan: Plan = declaration({
      issue: {
        id: site.issue,
        title: shown.title,
        open: true,
        reopened: false,
        locked: false,
        labels: [],
        text: textDigest(shown.title, shown.body),
      },
      chain,
      ...what,
      config: {
        ...config.config,
        kind: "valid",
        budget: 3_600_000,
        reviewBudget: 1_800_000,
        quietUntil: null,
        commandReview: config.config.review.command !== undefined,
        commandTriage: config.config.triage.command !== undefined,
        digest: config.digest,
        commit,
        base: "main",
      },
      why: "somebody asked",
      now: sandbox.clock.now(),
      settings: { quietPeriod: 1_000, intentLifetime: 600_000, startPatience: 1_000, starts: 3 },
      first,
    });
    const end = await makeSteps(site, view, plan.steps, plan.markers);
    if (end.kind !== "made" || !end.state.open) throw new Error(`not declared: ${end.kind}`);
    open.set(number, end.state.open);
    const marker = plan.markers.at(-1) as IntentMarker;
    const comment = await site.writes.createComment(number, encodeMarker(proseOf(marker), marker));
    if (comment.kind !== "applied") throw new Error("no comment");
    return { issue: number, intent: comment.value.id, site, marker };
  }

  function envOf({ id }: RunSoFar, attempt: number): Record<string, string> {
    return {
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: sandbox.url,
      GITHUB_SERVER_URL: sandbox.url,
      GITHUB_REPOSITORY: "acme/work",
      GITHUB_REPOSITORY_ID: String(repository.id),
      GITHUB_RUN_ID: String(id),
      GITHUB_RUN_ATTEMPT: String(attempt),
      // The runner gives these to every action.
      ACTIONS_RUNTIME_TOKEN: "runtime-canary",
      ACTIONS_RESULTS_URL: "https://results-canary.example/",
    };
  }

  const identified = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${exchange.url}/id?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  };

  async function clone(into: string, ref: string): Promise<void> {
    const address = sandbox.url.replace("http://", `http://x-access-token:${fixture.tokens.maintainer}@`);
    await run("git", ["clone", "-q", `${address}/acme/work.git`, into]);
    await run("git", ["-C", into, "checkout", "-q", "--detach", ref]);
  }

  async function job(so: RunSoFar, name: string, attempt = 1, cancelUpon?: string): Promise<JobEnd> {
    const { turn, needs } = so;
    const of = (job: string, output: string): string => needs[job]?.outputs[output] ?? "";
    const inputs: Record<string, string> = {
      job: name,
      issue: String(turn.issue),
      intent: String(turn.intent),
      app: exchange.url,
      claim: of("gate", "claim"),
      "claim-attempt": of("gate", "claim-attempt"),
      identity: of("gate", "identity"),
      title: of("gate", "title"),
      "issue-digest": of("gate", "issue-digest"),
      digest: of("verify", "digest"),
      needs: JSON.stringify(needs),
    };
    const env = envOf(so, attempt);
    if (name === "check") {
      const workspace = join(so.temp, `check-${attempt}`);
      await clone(workspace, of("verify", "base-commit") || "main");
      env.GITHUB_WORKSPACE = workspace;
      // As the workflow gives it: no token, no address of the app, and nobody's identity.
      for (const given of ["app", "claim", "identity", "title", "needs"]) delete inputs[given];
      inputs.directory = so.temp;
    } else if (name === "triage") {
      const workspace = join(so.temp, `triage-${attempt}`);
      await clone(workspace, of("gate", "commit"));
      env.GITHUB_WORKSPACE = workspace;
      // As the workflow gives it.
      for (const given of ["app", "claim", "identity", "title", "digest", "needs"]) delete inputs[given];
      inputs.directory = join(so.temp, "cairn-issue");
    } else if (name === "agent" || name === "verify") {
      inputs["github-token"] = sandbox.actionsHost.mintJobToken({
        repositoryId: repository.id,
        permissions: { contents: "read" },
        runId: so.id,
        jobId: 1,
      });
      const workspace = join(so.temp, `${name}-${attempt}`);
      await clone(workspace, name === "agent" ? of("gate", "commit") || "main" : "main");
      env.GITHUB_WORKSPACE = workspace;
      inputs.directory = name === "agent" ? join(so.temp, "cairn-issue") : so.temp;
      if (name === "agent") inputs.answer = join(so.temp, "cairn-triage");
    } else {
      Object.assign(env, identified);
      if (name === "effect") inputs.directory = join(so.temp, "cairn-verified");
    }
    const end = await bundled({
      inputs,
      env,
      temp: so.temp,
      ...(cancelUpon === undefined ? {} : { cancelUpon }),
    });
    const result = end.code === 0 ? "success" : "failure";
    // The runner's own word about the step comes with what the step says.
    const outputs = name === "check" ? { ...end.outputs, step: result } : end.outputs;
    so.needs[name] = { result, outputs };
    return end;
  }

  return {
    fixture,
    maintainer,
    job,
    async declare() {
      const made = await maintainer("POST", "~/issues", { title: TITLE, body: BODY });
      const site = siteOf(made.body.number);
      const turn = { generation: 1, attempt: 1 };
      const config = { reviewers: ["rui"], base: "main", neverCloseLabels: [], autonomy: "full" } as never;
      const effects = implementEffects({ id: site.issue, labels: [] }, turn, config, NOTHING_YET, []);
      const raise: Step = { step: "raise", generation: 1, act: 1, with: [] };
      return intend(site, [raise], { edge: "implement", ...turn, effects });
    },
    declareNext: ({ site }, first, edge, effects) =>
      intend(site, first, { edge, generation: 1, attempt: 1, effects }),
    async begin(turn, id) {
      return { turn, id, needs: {}, temp: join(temp, `run-${id}`) };
    },
    mark: () => sandbox.requestLog.length,
    writesSince: (mark) => sandbox.requestLog.slice(mark).filter(changes).map(shown),
    landed: () => sandbox.landed.filter(({ actor }) => actor.kind !== "user").map(({ key }) => key),
    async [Symbol.asyncDispose]() {
      await exchange.close();
      await sandbox.stop();
      await rm(temp, { recursive: true, force: true });
    },
  };
}

/** All but tokens: their making and their end change nothing in a repository. */
const changes = (entry: RequestEntry): boolean =>
  entry.method !== "GET" && !entry.path.includes("access_tokens") && entry.path !== "/installation/token";

const shown = ({ method, path, status }: RequestEntry): string =>
  `${method} ${path.replace("/repos/acme/work/", "")} ${status}`;

interface Exchange {
  readonly url: string;
  close(): Promise<void>;
}

async function startExchange(desk: {
  grant(issue: number, purpose: Purpose): Promise<object>;
}): Promise<Exchange> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = request.url?.startsWith("/id")
      ? { value: "id-token" }
      : await (async () => {
          const { issue, purpose } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
          return desk.grant(issue, purpose);
        })();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
