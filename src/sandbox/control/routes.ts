/** The sandbox's control, under `/_sandbox/`: faults, clock, logs, and what happens to things behind GitHub's back. */
import type { ActionsEngine } from "../actions/port.ts";
import { jsonResponse, type SandboxRequest, type SandboxResponse, splitUrl } from "../api/http.ts";
import { deleteIssue, transferIssue } from "../api/issues/remove.ts";
import { LIMITS_GRAMMAR } from "../api/limit-settings.ts";
import type { Quota } from "../api/quota.ts";
import type { Lag } from "../lag/replicas.ts";
import { LAG_GRAMMAR } from "../lag/settings.ts";
import { type CostFilter, costOf, type RequestEntry } from "../request-log.ts";
import type { Services } from "../services.ts";
import type { Deliverer } from "../webhooks/deliver.ts";
import { findUser, issueByNumber, repositoryByName } from "../world/find.ts";
import type { Repository } from "../world/state.ts";
import { type Body, number, text } from "./body.ts";
import { FACTS, setFacts } from "./facts.ts";
import type { FaultRule, Faults } from "./faults.ts";
import { advance, clockState, endLag, lagState, limitsState, setLag, setLimits } from "./settings.ts";
import { listTeams, newTeam, setTeamMember } from "./teams.ts";

export interface Controlled {
  readonly services: Services;
  readonly faults: Faults;
  readonly lag: Lag;
  readonly quota: Quota;
  readonly deliverer: Deliverer;
  readonly requests: readonly RequestEntry[];
  readonly waitIdle: () => Promise<void>;
}

type Command = (controlled: Controlled, body: Body, query: URLSearchParams) => unknown;

interface Entry {
  readonly about: string;
  readonly run: Command;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  "GET /": { about: "this list", run: () => about() },
  "GET /faults": { about: "faults that are set, with their counts", run: ({ faults }) => faults.list() },
  "POST /faults": {
    about: "set one: {method?, path?, actor?, userAgent?, after?, count?, fault: {kind, …}}",
    run: ({ faults }, body) => faults.add(body as unknown as FaultRule),
  },
  "DELETE /faults": { about: "take all back", run: ({ faults }) => faults.clear() },
  "POST /snapshots": {
    about: "keep the world as it is, for stale reads",
    run: ({ faults }) => ({ id: faults.snapshot() }),
  },
  "GET /clock": { about: "the sandbox's time", run: clockState },
  "POST /clock": { about: "set it forward: {advance: milliseconds}", run: advance },
  "GET /lag": { about: "how far reads lag behind, in milliseconds", run: lagState },
  "POST /lag": { about: `set it: {lag: "list=2s,get=200ms"}. ${LAG_GRAMMAR}`, run: setLag },
  "DELETE /lag": { about: "nothing lags any more", run: endLag },
  "GET /limits": { about: "limits that are in force", run: limitsState },
  "POST /limits": { about: `set them: {limits: "content=80/m,500/h"}. ${LIMITS_GRAMMAR}`, run: setLimits },
  "GET /facts": { about: "what holds of GitHub here", run: ({ services }) => services.facts },
  "POST /facts": {
    about: `make some wrong, or right again: {name: false}. ${Object.keys(FACTS).join(", ")}`,
    run: ({ services }, body) => setFacts(services.facts, body),
  },
  "GET /landed": { about: "effects that changed the state", run: ({ services }) => services.landed.entries },
  "GET /requests": { about: "every request to the API", run: ({ requests }) => requests },
  "GET /requests/cost": {
    about: "what they cost: ?since=&until=&path=&tokenKinds=installation,job",
    run: cost,
  },
  "GET /tokens": { about: "tokens of people", run: tokens },
  "GET /deliveries": {
    about: "webhooks sent, without their bodies",
    run: ({ deliverer }) => deliverer.deliveries.map(({ body: _, ...rest }) => rest),
  },
  "POST /wait-idle": { about: "answers when no webhook is under way", run: ({ waitIdle }) => waitIdle() },
  "POST /runner/lose": { about: "lose a job's machine: {jobId, noticeMs}", run: loseRunner },
  "GET /teams": { about: "teams of organizations, and who is in them", run: listTeams },
  "POST /teams": {
    about: "a new one: {organization, name, privacy?: closed | secret, parent?: slug}",
    run: newTeam,
  },
  "POST /teams/members": {
    about:
      "{organization, team: slug, login, state?: active | pending | none, role?: member | maintainer}; none: they are out of it",
    run: setTeamMember,
  },
  "POST /issues/delete": { about: "{repository, number, by}", run: removeIssue },
  "POST /issues/transfer": { about: "{repository, number, by, to}", run: moveIssue },
};

function about() {
  return {
    commands: Object.entries(COMMANDS).map(([command, entry]) => ({
      command: command.replace(" /", " /_sandbox/"),
      about: entry.about,
    })),
  };
}

/** Answers a request under `/_sandbox`. 400 for what cannot be done, with the reason; 404 for what there is not. */
export async function control(controlled: Controlled, request: SandboxRequest): Promise<SandboxResponse> {
  const { path, query } = splitUrl(request.url);
  const rest = path.slice("/_sandbox".length).replace(/\/$/, "") || "/";
  const removal = request.method === "DELETE" ? /^\/faults\/([^/]+)$/.exec(rest)?.[1] : undefined;
  if (removal !== undefined) {
    const removed = controlled.faults.remove(removal);
    return removed ? jsonResponse(204, undefined) : jsonResponse(404, { message: `no fault ${removal}` });
  }
  const entry = COMMANDS[`${request.method} ${rest}`];
  if (!entry) return jsonResponse(404, { message: `no command ${request.method} ${path}`, ...about() });
  try {
    const result = await entry.run(controlled, parse(request.body), query);
    controlled.lag.noticed();
    return result === undefined
      ? jsonResponse(204, undefined)
      : jsonResponse(request.method === "POST" ? 201 : 200, result);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError)
      return jsonResponse(400, { message: error.message });
    throw error;
  }
}

function parse(body: Buffer): Body {
  if (body.length === 0) return {};
  const parsed: unknown = JSON.parse(body.toString("utf8"));
  if (typeof parsed !== "object" || parsed === null) throw new RangeError("the body must be a JSON object");
  return parsed as Body;
}

function cost({ requests }: Controlled, _: Body, query: URLSearchParams) {
  const time = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {});
  const filter: CostFilter = {
    ...time("since"),
    ...time("until"),
    ...(query.has("path") ? { path: query.get("path") ?? "" } : {}),
    ...(query.has("tokenKinds")
      ? { tokenKinds: (query.get("tokenKinds") ?? "").split(",") as RequestEntry["tokenKind"][] }
      : {}),
  };
  return costOf(requests, filter);
}

function tokens({ services }: Controlled) {
  const { world } = services;
  const people = [...world.tokens.values()].flatMap((token) => (token.kind === "user" ? [token] : []));
  return people.map((token) => ({ login: findUser(world, token.userId).login, token: token.token }));
}

function loseRunner({ services }: Controlled, body: Body) {
  const engine: ActionsEngine | undefined = services.engine;
  const jobId = number(body, "jobId");
  const lost = engine?.loseRunner(jobId, typeof body.noticeMs === "number" ? body.noticeMs : 0) ?? false;
  if (!lost) throw new RangeError(`no job ${jobId} is running`);
  return { lost: jobId };
}

function repositoryIn({ services }: Controlled, body: Body, field: string): Repository {
  const name = text(body, field);
  const [owner = "", repo = ""] = name.split("/");
  const found = repositoryByName(services.world, owner, repo);
  if (!found) throw new RangeError(`no repository ${name}`);
  return found;
}

function subject(controlled: Controlled, body: Body) {
  const { world } = controlled.services;
  const repository = repositoryIn(controlled, body, "repository");
  const issue = issueByNumber(world, repository.id, number(body, "number"));
  if (!issue || issue.deletedAt !== null) throw new RangeError(`no issue ${String(body.number)}`);
  const user = [...world.users.values()].find((one) => one.login === text(body, "by"));
  if (!user) throw new RangeError(`no user ${String(body.by)}`);
  return { issue, cause: { actor: { kind: "user", userId: user.id }, requestId: "" } as const };
}

function removeIssue(controlled: Controlled, body: Body) {
  const { issue, cause } = subject(controlled, body);
  deleteIssue(controlled.services, issue, cause);
  return { deleted: issue.number };
}

function moveIssue(controlled: Controlled, body: Body) {
  const { issue, cause } = subject(controlled, body);
  const target = repositoryIn(controlled, body, "to");
  const moved = transferIssue(controlled.services, issue, target, cause);
  return { number: moved.number, repository: text(body, "to") };
}
