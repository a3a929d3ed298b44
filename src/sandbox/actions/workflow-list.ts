/** The workflow files of repositories, with the ids that GitHub gives them. */

import { readText, type Source } from "./load.ts";
import type { ActionsHost, ActionsRepository, WorkflowRecord } from "./port.ts";
import { readWorkflow } from "./workflow-file.ts";

export interface WorkflowList {
  /** Paths of the workflow files at a commit. */
  paths(repository: ActionsRepository, sha: string): Promise<readonly string[]>;
  record(repository: ActionsRepository, path: string, name: string): WorkflowRecord;
  /** Those of the default branch, and those that have run before. */
  all(repository: ActionsRepository): Promise<readonly WorkflowRecord[]>;
}

const FOLDER = ".github/workflows";

export function createWorkflowList(host: ActionsHost): WorkflowList {
  const known = new Map<string, WorkflowRecord>();

  async function paths(repository: ActionsRepository, sha: string): Promise<readonly string[]> {
    const folder = await repository.store.entryAt(sha, FOLDER);
    const files = folder?.type === "tree" ? await repository.store.readTree(folder.sha) : undefined;
    return (files ?? [])
      .filter((file) => file.type === "blob" && /\.ya?ml$/.test(file.path))
      .map((file) => `${FOLDER}/${file.path}`);
  }

  function record(repository: ActionsRepository, path: string, name: string): WorkflowRecord {
    const key = `${repository.id}/${path}`;
    const found = known.get(key);
    if (found) {
      found.name = name;
      return found;
    }
    const now = host.clock.now();
    const created: WorkflowRecord = {
      id: host.nextId("workflow"),
      repositoryId: repository.id,
      path,
      name,
      state: "active",
      createdAt: now,
      updatedAt: now,
    };
    known.set(key, created);
    return created;
  }

  return {
    paths,
    record,
    async all(repository) {
      const sha = await repository.store.readRef(`refs/heads/${repository.defaultBranch}`);
      const source: Source | undefined = sha === undefined ? undefined : { repository, sha, ref: "" };
      for (const path of source ? await paths(repository, source.sha) : []) {
        const content = source && (await readText(source, path));
        if (content === undefined) continue;
        const parsed = await readWorkflow(path, content);
        record(repository, path, parsed.kind === "valid" ? parsed.file.name : parsed.name);
      }
      return [...known.values()].filter((one) => one.repositoryId === repository.id);
    },
  };
}
