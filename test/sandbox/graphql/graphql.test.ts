/** `POST /graphql` as GitHub answers it: errors under 200, permissions, ids, pages, points, lag and faults. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClock } from "../../../src/sandbox/clock.ts";
import { type Call, type Fixture, start } from "../fixture.ts";
import { ask, data, errors, everyField, TOOLS } from "./ask.ts";

let fixture: Fixture;
let maya: Call;
let app: Call;

beforeAll(async () => {
  fixture = await start();
  maya = fixture.as(fixture.tokens.maintainer);
  app = fixture.as(await fixture.installationToken());
  await maya("POST", "~/issues", { title: "first", body: "one", labels: ["bug"] });
  for (const body of ["a", "b", "c"]) await app("POST", "~/issues/1/comments", { body });
  await maya("PUT", "~/contents/two.txt", { message: "two", content: "Mg==", branch: "main" });
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await maya("POST", "~/git/refs", { ref: "refs/heads/work", sha });
  await maya("PUT", "~/contents/three.txt", { message: "three\n\nmore", content: "Mw==", branch: "work" });
  await app("POST", "~/pulls", { title: "pull", head: "work", base: "main" });
  await maya("POST", "~/pulls/2/reviews", { event: "APPROVE" });
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("without a token 401, with a bad one 401; what is no query 400; what is wrong inside is 200 with errors", async () => {
  const nobody = await ask(fixture.as(undefined), "{ viewer { login } }");
  expect(nobody).toMatchObject({
    status: 401,
    body: { message: "This endpoint requires you to be authenticated." },
  });
  expect((await ask(fixture.as("ghs_no"), "{ viewer { login } }")).body.message).toBe("Bad credentials");
  expect((await ask(fixture.as(await fixture.jwt()), "{ viewer { login } }")).status).toBe(401);
  const words = "A query attribute must be specified and must be a string.";
  expect(await maya("POST", "/graphql", { variables: {} })).toMatchObject({
    status: 400,
    body: { message: words },
  });
  expect((await maya("POST", "/graphql", { query: "" })).status).toBe(400);
  const broken = await ask(maya, "{ viewer {");
  expect([broken.status, broken.body.data]).toEqual([200, undefined]);
  expect(broken.body.errors[0].locations).toEqual([{ line: 1, column: 11 }]);
  expect((await errors(maya, "query ($id: ID!) { node(id: $id) { id } }"))[0].message).toBe(
    "Variable $id of type ID! was provided invalid value",
  );
});

test("what GitHub has and the sandbox has not is refused by its name, never null", async () => {
  const not = (what: string) => ({
    type: "NOT_IMPLEMENTED",
    message: `Not implemented by the sandbox: ${what}`,
  });
  expect(await errors(maya, "{ viewer { bio } }")).toEqual([not("the field User.bio")]);
  expect(
    await errors(maya, `{ repository${TOOLS} { issues(first: 1, orderBy: null) { totalCount } } }`),
  ).toEqual([not("the argument orderBy of Repository.issues")]);
  expect(await errors(maya, "{ search { nodes { id } } }")).toEqual([not("the field Query.search")]);
  const wrong = await ask(maya, 'query q($a: AddStarInput!) { node(id: "x") { ... on Gist { name } } }', {
    a: {},
  });
  expect(wrong.body.errors.map(({ message }: { message: string }) => message)).toEqual(
    expect.arrayContaining([
      "Not implemented by the sandbox: the type AddStarInput",
      "Not implemented by the sandbox: the type Gist",
    ]),
  );
});

test("what is not there, and what the token may not see, is null with NOT_FOUND and its path", async () => {
  const gone = await ask(maya, '{ a: repository(owner: "x", name: "y") { name } viewer { login } }');
  expect(gone.body).toEqual({
    data: { a: null, viewer: { login: "maya" } },
    errors: [
      {
        type: "NOT_FOUND",
        path: ["a"],
        locations: [{ line: 1, column: 3 }],
        message: "Could not resolve to a Repository with the name 'x/y'.",
      },
    ],
  });
  const outside = fixture.as(fixture.tokens.outsider);
  expect((await errors(outside, `{ repository${TOOLS} { name } }`))[0].type).toBe("NOT_FOUND");
  const messages = (query: string) =>
    errors(maya, query).then((all) => all.map(({ message }: { message: string }) => message));
  expect(
    await messages(
      `{ repository${TOOLS} { issue(number: 2) { id } pullRequest(number: 1) { id } x: issueOrPullRequest(number: 9) { __typename } } }`,
    ),
  ).toEqual([
    "Could not resolve to an Issue with the number of 2.",
    "Could not resolve to a PullRequest with the number of 1.",
    "Could not resolve to an issue or pull request with the number of 9.",
  ]);
  expect(await messages('{ node(id: "I_nothing") { id } }')).toEqual([
    "Could not resolve to a node with the global id of 'I_nothing'",
  ]);
});

test("an App's token needs the permission of what it asks for", async () => {
  const narrow = fixture.as(await fixture.installationToken({ permissions: { issues: "read" } }));
  const query = `{ repository${TOOLS} { issue(number: 1) { title } pullRequest(number: 2) { title } } }`;
  expect((await ask(narrow, query)).body).toMatchObject({
    data: { repository: { issue: { title: "first" }, pullRequest: null } },
    errors: [
      {
        type: "FORBIDDEN",
        path: ["repository", "pullRequest"],
        extensions: { saml_failure: false },
        message: "Resource not accessible by integration",
      },
    ],
  });
  const { node_id: id } = (await maya("GET", "~/pulls/2")).body;
  expect((await errors(narrow, "query ($id: ID!) { node(id: $id) { id } }", { id }))[0].type).toBe(
    "FORBIDDEN",
  );
  expect((await data(app, "{ viewer { login } }")).viewer.login).toBe("cairn[bot]");
});

test("ids are the node_ids of REST, one by one and many at once", async () => {
  const comment = (await maya("GET", "~/issues/1/comments")).body[1];
  const issue = (await maya("GET", "~/issues/1")).body;
  const pull = (await maya("GET", "~/pulls/2")).body;
  const review = (await maya("GET", "~/pulls/2/reviews")).body[0];
  const [label] = issue.labels;
  const ids = [comment, issue, pull, review, label, issue.user, comment.user, pull.base.repo].map(
    (one) => one.node_id,
  );
  const { nodes } = await data(
    maya,
    `query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename
      ... on IssueComment { body fullDatabaseId author { login __typename } issue { number } } } }`,
    { ids },
  );
  expect(nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
  expect(nodes.map((node: { __typename: string }) => node.__typename)).toEqual([
    "IssueComment",
    "Issue",
    "PullRequest",
    "PullRequestReview",
    "Label",
    "User",
    "Bot",
    "Repository",
  ]);
  // A bot's login has no [bot] behind it here, other than in REST.
  expect(nodes[0]).toMatchObject({
    body: "b",
    fullDatabaseId: String(comment.id),
    author: { login: "cairn", __typename: "Bot" },
    issue: { number: 1 },
  });
  expect(
    await errors(maya, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", { ids: [ids[0], "x"] }),
  ).toMatchObject([{ type: "NOT_FOUND", path: ["nodes", 1] }]);
});

test("connections: pages forwards and backwards, counts alone, and GitHub's bounds", async () => {
  const comments = async (args: string, rest = "nodes { body }") =>
    (
      await data(
        maya,
        `{ repository${TOOLS} { issue(number: 1) { comments(${args}) { totalCount ${rest} pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }`,
      )
    ).repository.issue.comments;
  const bodies = ({ nodes }: { nodes: { body: string }[] }) => nodes.map(({ body }) => body).join("");
  const one = await comments("first: 2");
  expect([bodies(one), one.totalCount, one.pageInfo.hasNextPage]).toEqual(["ab", 3, true]);
  const two = await comments(`first: 2, after: "${one.pageInfo.endCursor}"`);
  expect([bodies(two), two.pageInfo]).toMatchObject(["c", { hasNextPage: false, hasPreviousPage: true }]);
  const last = await comments("last: 2");
  expect([bodies(last), last.pageInfo]).toMatchObject(["bc", { hasPreviousPage: true, hasNextPage: false }]);
  expect(bodies(await comments(`last: 2, before: "${last.pageInfo.startCursor}"`))).toBe("a");
  const count = await data(maya, `{ repository${TOOLS} { issues { totalCount } } }`);
  expect(count.repository.issues).toEqual({ totalCount: 1 });
  const refused = async (args: string) =>
    (await errors(maya, `{ repository${TOOLS} { issues${args} { nodes { id } } } }`))[0];
  expect(await refused("")).toMatchObject({
    type: "MISSING_PAGINATION_BOUNDARIES",
    path: ["repository", "issues"],
    message: "You must provide a `first` or `last` value to properly paginate the `issues` connection.",
  });
  expect(await refused("(first: 101)")).toMatchObject({
    type: "EXCESSIVE_PAGINATION",
    message: "Requesting 101 records on the `issues` connection exceeds the `first` limit of 100 records.",
  });
  expect((await refused("(first: 1, last: 1)")).message).toContain("Passing both `first` and `last`");
  expect((await refused('(first: 1, after: "?")')).message).toContain("does not appear to be a valid cursor");
  const open = await data(
    maya,
    `{ repository${TOOLS} { issues(first: 5, states: CLOSED) { nodes { id } } pullRequests(first: 5, states: [OPEN], headRefName: "work") { nodes { number } } } }`,
  );
  expect(open.repository).toEqual({ issues: { nodes: [] }, pullRequests: { nodes: [{ number: 2 }] } });
});

test("an issue's ties lead only to what the viewer sees", async () => {
  const other = await fixture.sandbox.createRepository("acme", "secret", { private: true });
  fixture.sandbox.addCollaborator(other, "maya", "admin");
  const child = (await maya("POST", "/repos/acme/secret/issues", { title: "hidden" })).body;
  expect((await maya("POST", "~/issues/1/sub_issues", { sub_issue_id: child.id })).status).toBe(201);
  const query = `{ repository${TOOLS} { issue(number: 1) { subIssues(first: 5) { totalCount nodes { title } } } } }`;
  const seen = async (call: Call) => (await data(call, query)).repository.issue.subIssues;
  expect(await seen(maya)).toEqual({ totalCount: 1, nodes: [{ title: "hidden" }] });
  expect(await seen(fixture.as(fixture.tokens.reviewer))).toEqual({ totalCount: 0, nodes: [] });
  const there = '{ repository(owner: "acme", name: "secret") { issue(number: 1) { parent { title } } } }';
  expect((await data(maya, there)).repository.issue.parent.title).toBe("first");
});

test("every field of the schema is answered", async () => {
  const all = await data(
    maya,
    `{ viewer { ${everyField("User")} }
       rateLimit { ${everyField("RateLimit")} }
       repository${TOOLS} { ${everyField("Repository")}
         owner { ... on Organization { ${everyField("Organization")} } }
         defaultBranchRef { ${everyField("Ref")} target { ... on Commit { ${everyField("Commit")} } } }
         label(name: "bug") { ${everyField("Label")} }
         issue(number: 1) { ${everyField("Issue")} author { ${"login avatarUrl resourcePath url"} }
           all: comments(first: 1) { nodes { ${everyField("IssueComment")} author { ... on Bot { ${everyField("Bot")} } } } } }
         pullRequest(number: 2) { ${everyField("PullRequest", ["timelineItems"])}
           all: reviews(first: 1) { nodes { ${everyField("PullRequestReview")} } } } } }`,
  );
  const { issue, pullRequest, defaultBranchRef } = all.repository;
  const rest = (await maya("GET", "~/pulls/2")).body;
  expect(issue).toMatchObject({ title: "first", body: "one", state: "OPEN", labels: { totalCount: 1 } });
  expect(pullRequest).toMatchObject({
    headRefOid: rest.head.sha,
    baseRefOid: rest.base.sha,
    mergeStateStatus: rest.mergeable_state.toUpperCase(),
    state: "OPEN",
    reviewDecision: null,
    changedFiles: 1,
  });
  expect(defaultBranchRef).toMatchObject({
    name: "main",
    prefix: "refs/heads/",
    target: { messageHeadline: "two" },
  });
});

test("a query costs points of GraphQL's own budget, shown by headers, rateLimit and REST", async () => {
  await using own = await start();
  const people = own.as(own.tokens.maintainer);
  const reply = await ask(people, "{ rateLimit { cost limit remaining used nodeCount } }");
  expect(reply.body.data.rateLimit).toEqual({ cost: 1, limit: 5000, remaining: 4999, used: 1, nodeCount: 0 });
  expect(Object.fromEntries(reply.headers)).toMatchObject({
    "x-ratelimit-resource": "graphql",
    "x-ratelimit-remaining": "4999",
  });
  // GitHub's documentation counts such a query like this: 1 + 100 + 5,000 requests.
  const dear = `{ rateLimit { cost nodeCount } repository${TOOLS} { issues(first: 100) { nodes { comments(first: 50) {
    nodes { issue { labels(first: 60) { nodes { id } } } } } } } } }`;
  expect((await data(people, dear)).rateLimit).toEqual({ cost: 51, nodeCount: 100 + 5_000 + 300_000 });
  const { resources } = (await people("GET", "/rate_limit")).body;
  expect([resources.graphql.used, resources.core.used]).toEqual([52, 0]);
  const tooMany = dear.replace("first: 60", "first: 100");
  expect(await errors(people, tooMany)).toMatchObject([
    {
      type: "MAX_NODE_LIMIT_EXCEEDED",
      message: "This query requests up to 505,100 possible nodes which exceeds the maximum limit of 500,000.",
    },
  ]);
});

test("limits: points that are spent are told under 200, secondary limits under 403; REST goes on", async () => {
  await using own = await start({ limits: "graphql=2/h,graphql-points=3/m" });
  const people = own.as(own.tokens.maintainer);
  const app = own.as(await own.installationToken());
  const viewer = (call: Call) => ask(call, "{ viewer { login } }");
  await viewer(people);
  await viewer(people);
  const spent = await viewer(people);
  expect(spent).toMatchObject({
    status: 200,
    body: {
      errors: [{ type: "RATE_LIMITED", message: expect.stringMatching(/^API rate limit exceeded for user/) }],
    },
  });
  expect(spent.headers.get("x-ratelimit-remaining")).toBe("0");
  expect((await people("GET", "~")).status).toBe(200);
  await people("POST", "/_sandbox/limits", { limits: "graphql-points=3/m,points=3/m" });
  for (let at = 0; at < 3; at += 1) expect((await viewer(app)).status).toBe(200);
  const refused = await viewer(app);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([403, "60"]);
  expect(refused.body.message).toContain("secondary rate limit");
  expect((await app("GET", "~")).status).toBe(200);
});

test("queries lag as reads do: with a connection as lists, without one as single objects; counts as counts", async () => {
  await using own = await start({ clock: createClock("virtual") });
  const people = own.as(own.tokens.maintainer);
  await people("POST", "~/issues", { title: "old" });
  await people("POST", "/_sandbox/lag", { lag: "list=3s,get=2s,count=1s" });
  await people("PATCH", "~/issues/1", { title: "new" });
  await people("POST", "~/issues/1/comments", { body: "x" });
  const pass = (advance: number) => people("POST", "/_sandbox/clock", { advance });
  const seen = async () => {
    const single = await data(people, `{ repository${TOOLS} { issue(number: 1) { title } } }`);
    const { issue } = (
      await data(
        people,
        `{ repository${TOOLS} { issue(number: 1) { comments(first: 9) { totalCount nodes { id } } } } }`,
      )
    ).repository;
    return [single.repository.issue.title, issue.comments.totalCount, issue.comments.nodes.length];
  };
  expect(await seen()).toEqual(["old", 0, 0]);
  await pass(1000);
  expect(await seen()).toEqual(["old", 1, 0]);
  await pass(1000);
  expect(await seen()).toEqual(["new", 1, 0]);
  await pass(1000);
  expect(await seen()).toEqual(["new", 1, 1]);
});

test("faults meet it: an answer is lost, a read is stale; under /api/graphql too", async () => {
  await using own = await start();
  const people = own.as(own.tokens.maintainer);
  await people("POST", "~/issues", { title: "old" });
  own.sandbox.faults.add({ path: "/graphql", fault: { kind: "stale" } });
  own.sandbox.faults.add({ path: "/graphql", fault: { kind: "answer-lost" } });
  await people("PATCH", "~/issues/1", { title: "new" });
  const query = `{ repository${TOOLS} { issue(number: 1) { title } } }`;
  expect((await data(people, query)).repository.issue.title).toBe("old");
  await expect(ask(people, query)).rejects.toThrow();
  expect((await people("POST", "/api/graphql", { query })).body.data.repository.issue.title).toBe("new");
  const seen = own.sandbox.requestLog.filter(({ route }) => route === "/graphql");
  expect(seen.map(({ fault, write, points }) => [fault, write, points])).toEqual([
    ["stale", false, 1],
    ["answer-lost", false, 1],
    [undefined, false, 1],
  ]);
});
