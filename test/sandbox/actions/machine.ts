/** Runs workflow files of a small repository and tells what became of them. */
import { expect } from "vitest";
import type { RunRecord } from "../../../src/sandbox/actions/index.ts";
import type { Sandbox, SandboxOptions } from "../../../src/sandbox/index.ts";
import type { Repository } from "../../../src/sandbox/world/state.ts";
import { type Fixture, start } from "../fixture.ts";

export interface Machine extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly sandbox: Sandbox;
  /** `acme/flows` */
  readonly repository: Repository;
  /** Who starts and re-starts runs. */
  readonly maya: { readonly id: number; readonly login: string; readonly type: "User" };
  /** Starts one workflow of the default branch and waits for its end. */
  run(path: string, inputs?: Record<string, string>): Promise<Outcome>;
  begin(path: string, inputs?: Record<string, string>): Promise<RunRecord>;
  ended(run: RunRecord): Promise<Outcome>;
  /** Resolves when a job of the run has printed a line with this text. */
  said(run: RunRecord, text: string): Promise<void>;
  rerun(run: RunRecord, scope: "all" | "failed"): Promise<Outcome>;
}

export interface Outcome {
  readonly run: RunRecord;
  /** Conclusion of each job by its name. */
  readonly jobs: Readonly<Record<string, string | null>>;
  /** Log of all jobs. */
  readonly log: string;
}

/** A sandbox whose repository `acme/flows` has these files. */
export async function machine(
  files: Readonly<Record<string, string>>,
  options: SandboxOptions = {},
): Promise<Machine> {
  const fixture = await start(options);
  const { sandbox } = fixture;
  const repository = await sandbox.createRepository("acme", "flows", { private: true, files });
  const engine = sandbox.engine;
  if (!engine) throw new Error("no engine");

  const id = [...sandbox.world.users.values()].find((user) => user.login === "maya")?.id ?? 0;
  const maya = { id, login: "maya", type: "User" } as const;

  async function begin(path: string, inputs: Record<string, string> = {}): Promise<RunRecord> {
    const found = sandbox.actionsHost.repository(repository.id);
    const sha = await found?.store.readRef("refs/heads/main");
    if (!found || !sha || !engine) throw new Error("no repository");
    const actor = maya;
    const [run] = await engine.trigger({
      repository: found,
      name: "workflow_dispatch",
      ref: "refs/heads/main",
      sha,
      headBranch: "main",
      headSha: sha,
      actor,
      payload: { repository: { id: repository.id }, sender: actor },
      workflowPath: path,
      inputs,
    });
    if (!run) throw new Error(`${path} started nothing`);
    return run;
  }

  async function ended(run: RunRecord): Promise<Outcome> {
    for (let waited = 0; run.status !== "completed"; waited += 20) {
      if (waited > 20_000) throw new Error(`run ${run.id} does not end`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {
      run,
      jobs: Object.fromEntries(run.jobs.map((job) => [job.name, job.conclusion])),
      log: run.jobs.map((job) => engine?.jobLog(job.id) ?? "").join("\n"),
    };
  }

  async function said(run: RunRecord, text: string): Promise<void> {
    const log = (): string => run.jobs.map((job) => engine?.jobLog(job.id) ?? "").join("\n");
    await expect.poll(log, { timeout: 10_000, interval: 20 }).toContain(text);
  }

  return {
    fixture,
    sandbox,
    repository,
    maya,
    begin,
    ended,
    said,
    rerun(run, scope) {
      if (!engine?.rerun(run.repositoryId, run.id, scope, maya)) throw new Error(`run ${run.id} is not over`);
      return ended(run);
    },
    run: async (path, inputs) => ended(await begin(path, inputs)),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}
