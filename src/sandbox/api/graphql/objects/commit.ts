/** Commits, and the refs that name them. */
import type { Commit } from "../../../git/store.ts";
import { storeOf } from "../../../services.ts";
import { fullName } from "../../../world/find.ts";
import type { Repository } from "../../../world/state.ts";
import { refNodeId } from "../../gitdata/refs.ts";
import { commitNodeId } from "../../present/commit.ts";
import { iso } from "../../present/time.ts";
import { connection } from "../connection.ts";
import type { Answer, GraphqlContext } from "../context.ts";
import { notHere } from "../errors.ts";
import { repositoryObject } from "./repository.ts";

/** `null` where there is no such commit. */
export async function commitObject(
  context: GraphqlContext,
  repository: Repository,
  sha: string | null,
): Promise<Answer | null> {
  if (sha === null) return null;
  const commit = await storeOf(context.services, repository.id).readCommit(sha);
  return commit ? shown(context, repository, commit) : null;
}

function shown(context: GraphqlContext, repository: Repository, commit: Commit): Answer {
  const { sha, message, author, committer, parents } = commit;
  const path = `/${fullName(context.world, repository)}/commit/${sha}`;
  const [headline = "", ...rest] = message.replace(/\n$/, "").split("\n");
  const url = `${context.urls.html}${path}`;
  return {
    __typename: "Commit",
    id: commitNodeId(sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    message: message.replace(/\n$/, ""),
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    authoredDate: iso(author.timestamp * 1000),
    committedDate: iso(committer.timestamp * 1000),
    commitResourcePath: path,
    commitUrl: url,
    resourcePath: path,
    url,
    repository: () => repositoryObject(context, repository),
    parents: connection({
      rows: () => parents,
      key: (parent) => parent,
      show: (parent) => commitObject(context, repository, parent),
    }),
  };
}

/** `null` where there is no such ref. */
export function refObject(context: GraphqlContext, repository: Repository, ref: string) {
  const sha = repository.refs.get(ref);
  const [, prefix = "", name = ""] = /^(refs\/[^/]+\/)(.+)$/.exec(ref) ?? [];
  if (sha === undefined) return null;
  return {
    id: refNodeId(repository, ref),
    name,
    prefix,
    repository: () => repositoryObject(context, repository),
    target: async () => {
      const target = await commitObject(context, repository, sha);
      if (target === null) throw notHere("refs that name other things than commits");
      return target;
    },
  };
}
