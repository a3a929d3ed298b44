/** A run: its jobs in the order of their needs, reusable workflows unfolded where they are called. */
import { githubContext } from "../environment.ts";
import { type JobResult, runConclusion } from "../results.ts";
import { runScope } from "./node.ts";
import type { Scope } from "./scope.ts";
import type { RunInput, RunState } from "./state.ts";

export interface RunningRun {
  readonly results: ReadonlyMap<string, JobResult>;
  readonly done: Promise<void>;
  cancel(mode: "ask" | "force"): void;
}

export function startRun(input: RunInput): RunningRun {
  const { host, facts } = input;
  const state: RunState = {
    input,
    github: githubContext(facts),
    vars: host.variables(facts.repository.id),
    results: new Map(),
    seats: new Set(),
    cancelled: "no",
  };
  const root: Scope = {
    workflow: input.workflow,
    inputs: input.inputs,
    // GitHub hands a fork's pull request no secret, and a token that only reads.
    secrets: facts.fromFork ? {} : host.secrets(facts.repository.id),
    path: "",
    title: "",
    parent: undefined,
    jobs: new Map(),
    stopped: false,
  };
  return {
    results: state.results,
    done: runScope(state, root).then(() => finish(state)),
    cancel: (mode) => cancel(state, mode),
  };
}

function finish({ input, results, cancelled }: RunState): void {
  const { host, facts } = input;
  const { run } = facts;
  run.status = "completed";
  run.conclusion = runConclusion([...results.values()], cancelled === "no" ? "not" : "cancelled");
  run.updatedAt = host.clock.now();
  host.onRun(run, "completed");
}

/** A job with `always()` goes on when its run is cancelled: GitHub asks its condition once more. Of a call, each job is asked itself. */
function cancel(state: RunState, mode: "ask" | "force"): void {
  if (state.cancelled === "force") return;
  state.cancelled = mode;
  for (const seat of state.seats) {
    if (mode === "force") seat.stop("force");
    else if ((!seat.isCall() || !seat.isRunning()) && !seat.goesOn()) seat.stop("cancel");
  }
}
