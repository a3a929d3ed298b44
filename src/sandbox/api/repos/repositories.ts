/** Repositories: read, change, hand over, delete. */
import { type Route, route } from "../router.ts";
import { updateRepository } from "./change.ts";
import { deleteRepository } from "./remove.ts";
import { showRepository } from "./show.ts";
import { transferRepository } from "./transfer.ts";

const REPO = "/repos/{owner}/{repo}";
const ADMIN = { permission: { administration: "write" }, role: "admin", archived: "writable" } as const;

export const repositoryRoutes: readonly Route[] = [
  route("GET", REPO, { permission: { metadata: "read" } }, showRepository),
  route("PATCH", REPO, ADMIN, updateRepository),
  route("DELETE", REPO, ADMIN, deleteRepository),
  route("POST", `${REPO}/transfer`, ADMIN, transferRepository),
];
