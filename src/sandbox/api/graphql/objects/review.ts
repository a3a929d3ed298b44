/** Reviews of pull requests. */
import { findRepository, fullName } from "../../../world/find.ts";
import { nodeId } from "../../../world/ids.ts";
import type { PullRequest, Review } from "../../../world/pull-state.ts";
import type { World } from "../../../world/state.ts";
import { isoOrNull } from "../../present/time.ts";
import { connection } from "../connection.ts";
import { type GraphqlContext, isViewer, viewerMay } from "../context.ts";
import { writtenFields } from "./comment.ts";
import { commitObject } from "./commit.ts";
import { pullObject } from "./pull.ts";
import { remarksField } from "./thread.ts";

export function reviewObject(context: GraphqlContext, pull: PullRequest, review: Review) {
  const repository = findRepository(context.world, pull.repositoryId);
  const path = `/${fullName(context.world, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  return {
    __typename: "PullRequestReview",
    id: nodeId("PRR", review.id),
    fullDatabaseId: String(review.id),
    ...writtenFields(context, repository, "review", review),
    publishedAt: isoOrNull(review.submittedAt),
    viewerCanUpdate:
      isViewer(context, review.authorId) || viewerMay(context, repository, "write", "contents"),
    viewerCanDelete: isViewer(context, review.authorId) && review.state === "PENDING",
    submittedAt: isoOrNull(review.submittedAt),
    state: review.state,
    comments: remarksField(context, pull, review.id),
    commit: () => commitObject(context, repository, review.commitId),
    pullRequest: () => pullObject(context, pull),
    resourcePath: path,
    url: `${context.urls.html}${path}`,
  };
}

/** A pending review is its author's own business. */
export const maySeeReview = (context: GraphqlContext, review: Review): boolean =>
  review.state !== "PENDING" || isViewer(context, review.authorId);

const reviewsOf = (world: World, pullId: number): Review[] =>
  [...world.reviews.values()].filter((review) => review.pullId === pullId).sort((a, b) => a.id - b.id);

interface Filters {
  readonly states?: readonly string[] | null;
  readonly author?: string | null;
}

export const reviewsField =
  (context: GraphqlContext, pull: PullRequest) =>
  (
    { states, author, ...page }: Filters,
    ...rest: [GraphqlContext, Parameters<ReturnType<typeof connection>>[2]]
  ) =>
    connection<Review>({
      rows: (world) =>
        reviewsOf(world, pull.id).filter(
          (review) =>
            maySeeReview(context, review) &&
            (!states || states.includes(review.state)) &&
            (!author || world.users.get(review.authorId)?.login === author),
        ),
      key: (review) => review.id,
      show: (review) => reviewObject(context, pull, review),
    })(page, ...rest);
