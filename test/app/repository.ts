/** The repository that the app's own tests look at, as GitHub describes it. */
import type { RepositoryInfo } from "../../src/github/ports.ts";

/** Of this id: a sandbox gives its own. */
export const repositoryOf = (id: number): RepositoryInfo => ({
  id,
  owner: "acme",
  ownerType: "Organization",
  name: "tools",
  private: false,
  archived: false,
  defaultBranch: "main",
  url: "https://github.com/acme/tools",
});
