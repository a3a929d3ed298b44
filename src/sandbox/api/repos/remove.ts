/** Deletion of repositories. */
import { forgetRepository } from "../../world/move.ts";
import { notImplemented } from "../errors.ts";
import type { RouteContext, RouteResult } from "../router.ts";

/** Its git store stays until the sandbox ends: reads that lag may still ask for it. */
export function deleteRepository({ world, repository, emit }: RouteContext): RouteResult {
  const running = [...world.runs.values()].some(
    (run) => run.repositoryId === repository.id && run.status !== "completed",
  );
  if (running) throw notImplemented("deletion while workflows run");
  emit({ event: "repository", action: "deleted", repositoryId: repository.id, fields: {} });
  forgetRepository(world, repository);
  return { status: 204 };
}
