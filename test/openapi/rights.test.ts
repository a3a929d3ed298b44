/**
 * What the description says of an operation beside its shape. Which permission it needs is not there: GitHub publishes
 * that with its documentation alone.
 */
import { expect, test } from "vitest";
import type { Route } from "../../src/sandbox/api/router.ts";
import { createApiRouter } from "../../src/sandbox/api/routes.ts";
import { type Operation, operationOf } from "./description.ts";
import { describedAs } from "./exceptions.ts";

const { routes } = createApiRouter({} as never, {} as never);

const described = routes.flatMap((route): { route: Route; operation: Operation }[] => {
  const operation = operationOf(route.method, describedAs(route.method, route.template).template);
  return operation ? [{ route, operation }] : [];
});
const differing = (differs: (route: Route, operation: Operation) => boolean): readonly string[] =>
  described.filter((one) => differs(one.route, one.operation)).map(({ operation }) => operation.operationId);

test("what notifies people counts as content-creating", () => {
  const differs = (route: Route, { "x-github": said }: Operation) =>
    (said.triggersNotification ?? false) !== (route.options.contentCreating === "yes");
  expect(differing(differs)).toEqual([
    // Not marked, but its text warns of the secondary limit in the words of those that are.
    "issues/add-sub-issue",
    // Not marked either. It publishes the review with its comments, as `pulls/create-review` does, which is marked.
    "pulls/submit-review",
  ]);
});

test("what a permission is asked for is open to Apps", () => {
  const differs = (route: Route, { "x-github": said }: Operation) =>
    route.options.permission !== undefined && said.enabledForGitHubApps === false;
  expect(differing(differs)).toEqual([
    // Its text says what an App needs for it.
    "pulls/update-branch",
    // A reply can be posted as a comment with `in_reply_to` too, and that is open to Apps.
    "pulls/create-reply-for-review-comment",
  ]);
});
