/** Recorded payloads (`@octokit/webhooks-examples`): each names an issue, or nothing; none breaks the app (I10). */
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { targetOf } from "../../src/app/target.ts";

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
const BOT = 1_234;
const APP = { appId: 99, botId: BOT };

const payloads = (name: string): readonly { readonly action?: string }[] =>
  (examples.find((one) => one.name === name)?.examples ?? []) as readonly { readonly action?: string }[];

test("no recorded payload of any event makes the app fail", () => {
  let seen = 0;
  for (const { name, examples: list } of examples) {
    for (const payload of list) {
      const target = targetOf({ name, payload }, APP, "cairn.yml");
      if (target) expect(Number.isInteger(target.issue) || target.issue === undefined).toBe(true);
      seen += 1;
    }
  }
  expect(seen).toBeGreaterThan(200);
});

const installed = (payload: Record<string, unknown>, change: Record<string, unknown> = {}) => ({
  ...payload,
  installation: { id: 5 },
  ...change,
});

test("issues.labeled names its issue and asks for a look at the acts", () => {
  const payload = payloads("issues").find((one) => one.action === "labeled");
  const target = targetOf({ name: "issues", payload: installed(payload ?? {}) }, APP, "cairn.yml");
  expect(target).toMatchObject({
    installation: 5,
    owner: "Codertocat",
    repository: "Hello-World",
    issue: 1,
    hint: "acts",
  });
});

test("the app's own doing is ignored", () => {
  const payload = payloads("issues").find((one) => one.action === "labeled") ?? {};
  const own = installed(payload, { sender: { id: BOT } });
  expect(targetOf({ name: "issues", payload: own }, APP, "cairn.yml")).toBeUndefined();
});

test("reviews, pull requests and checks name the issue of their branch, others nothing", () => {
  const [review] = payloads("pull_request_review");
  const named = (ref: string) => installed(review ?? {}, { pull_request: { head: { ref } } });
  expect(
    targetOf({ name: "pull_request_review", payload: named("cairn/12-g3") }, APP, "cairn.yml")?.issue,
  ).toBe(12);
  expect(
    targetOf({ name: "pull_request_review", payload: named("feature/12-g3") }, APP, "cairn.yml"),
  ).toBeUndefined();
  const suite = payloads("check_suite").find((one) => one.action === "completed") ?? {};
  const checked = installed(suite, { check_suite: { head_branch: "cairn/7-g1", app: { id: 15_368 } } });
  expect(targetOf({ name: "check_suite", payload: checked }, APP, "cairn.yml")?.issue).toBe(7);
  // Its own check runs have a suite too.
  const own = installed(suite, { check_suite: { head_branch: "cairn/7-g1", app: { id: 99 } } });
  expect(targetOf({ name: "check_suite", payload: own }, APP, "cairn.yml")).toBeUndefined();
});

test("only runs of Cairn's workflow count; one without a number leads to a look at every chain", () => {
  const [run] = payloads("workflow_run");
  const of = (path: string, display_title: string) =>
    installed(run ?? {}, { action: "completed", workflow_run: { path, display_title } });
  const target = (payload: Record<string, unknown>) =>
    targetOf({ name: "workflow_run", payload }, APP, "cairn.yml");
  expect(target(of(".github/workflows/cairn.yml", "cairn #31 intent 9"))?.issue).toBe(31);
  expect(target(of(".github/workflows/cairn.yml@refs/heads/main", "renamed"))).toMatchObject({
    issue: undefined,
  });
  expect(target(of(".github/workflows/ci.yml", "cairn #31 intent 9"))).toBeUndefined();
});

test("a comment names its issue where a label shows that Cairn is at it, unless it is on a pull request or was edited", () => {
  const comment = payloads("issue_comment").find((one) => one.action === "created") ?? {};
  const on = (issue: Record<string, unknown>, change: Record<string, unknown> = {}) =>
    targetOf({ name: "issue_comment", payload: installed(comment, { issue, ...change }) }, APP, "cairn.yml");
  const shown = { number: 7, labels: [{ name: "cairn:hold" }] };
  expect(on(shown)).toMatchObject({ issue: 7, hint: "work" });
  expect(on({ number: 7, labels: [{ name: "bug" }] })).toBeUndefined();
  expect(on({ ...shown, pull_request: {} })).toBeUndefined();
  expect(on(shown, { action: "edited" })).toBeUndefined();
  expect(on(shown, { sender: { id: BOT } })).toBeUndefined();
});
