/** Scenarios 8, 10, 11 and 14: markers that cannot be seen yet, are none, or are not the current one. */
import { expect, test } from "vitest";
import { person } from "../../src/cli/http.ts";
import { decodeMarker, encodeMarker, type IntentMarker } from "../../src/core/marker.ts";
import { signJwt } from "../sandbox/fixture.ts";
import { type Loop, startLoop } from "./loop.ts";
import {
  chainOf,
  control,
  done,
  expectOnce,
  jobOf,
  kinds,
  landed,
  pass,
  REPO,
  request,
  runsOf,
  waitsFor,
  wake,
} from "./observing.ts";

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

type Announced = Comment & { readonly marker: IntentMarker };

const commentsOf = (loop: Loop, issue: number): Promise<Comment[]> =>
  allPages((page) => loop.maintainer.get(`${loop.repo}/issues/${issue}/comments?per_page=100&page=${page}`));

async function allPages<T>(read: (page: number) => Promise<T[]>): Promise<T[]> {
  const items: T[] = [];
  for (let page = 1; ; page += 1) {
    const found = await read(page);
    items.push(...found);
    if (found.length < 100) return items;
  }
}

/** Intents are declared and announced, and nobody but the test starts a run for them. */
async function withoutStarts(): Promise<Loop> {
  const loop = await startLoop({ env: { CAIRN_START_SECONDS: "3600" } });
  await control(loop, "POST /faults", {
    method: "POST",
    path: `${REPO}/actions/workflows/{workflow_id}/dispatches`,
    userAgent: "issue=",
    count: 50,
    fault: { kind: "status", status: 204 },
  });
  return loop;
}

/** The newest intent of a generation, as people see it. */
const intentOf = (loop: Loop, issue: number, generation = 1, attempt = 1): Promise<Announced> =>
  loop.until(
    `intent g${generation}a${attempt}`,
    async () => {
      for (const comment of (await commentsOf(loop, issue)).reverse()) {
        const { marker } = { marker: undefined, ...decodeMarker(comment.body) };
        if (marker?.type !== "intent" || marker.generation !== generation) continue;
        if (marker.attempt === attempt) return { ...comment, marker };
      }
      return undefined;
    },
    { review: "no" },
  );

/** The code with which the newest of so many runs for this comment was refused. */
async function refusal(loop: Loop, issue: number, intent: number, count = 1): Promise<string> {
  const title = `cairn #${issue} intent ${intent}`;
  const run = await loop.until(
    `the end of ${title}`,
    () => {
      const found = runsOf(loop).filter(({ displayTitle }) => displayTitle === title);
      return found.length === count && found.at(-1)?.status === "completed" ? found.at(-1) : undefined;
    },
    { review: "no" },
  );
  const log = loop.stage.sandbox.engine?.jobLog(jobOf(run, "gate")?.id ?? 0) ?? "";
  return /refused \(([a-z-]+)\)/.exec(log)?.[1] ?? log;
}

test("10: an intent that is absent, deleted, edited, not last, copied, older or expired is refused, each by its code", async () => {
  await using loop = await withoutStarts();
  const issue = await loop.issue();
  const other = await loop.issue({ title: "Another" });
  await loop.ready(issue);
  await loop.ready(other);
  const intent = await intentOf(loop, issue);
  const elsewhere = await intentOf(loop, other);
  const edit = (id: number, body: string): Promise<number> =>
    request(loop, "PATCH", `${loop.repo}/issues/comments/${id}`, { body });
  const refused = async (id: number, count = 1): Promise<string> => {
    await wake(loop, issue, id);
    return refusal(loop, issue, id, count);
  };
  expect(await refused(elsewhere.id)).toBe("other-issue");
  // What cannot be seen may be late: these two are waited for, while the others go on.
  await wake(loop, issue, 999_999);
  await request(loop, "DELETE", `${loop.repo}/issues/comments/${elsewhere.id}`);
  await wake(loop, other, elsewhere.id);
  const forged = await loop.reviewer.post<Comment>(`${loop.repo}/issues/${issue}/comments`, {
    body: intent.body,
  });
  expect(await refused(forged.id)).toBe("not-ours");
  await edit(intent.id, encodeMarker("x", { ...intent.marker, why: "because I say so" }));
  expect(await refused(intent.id)).toBe("undeclared");
  await loop.ready(issue);
  const second = await intentOf(loop, issue, 2);
  await edit(intent.id, intent.body);
  expect(await refused(intent.id, 2)).toBe("not-current");
  await edit(second.id, `${second.body} and more`);
  expect(await refused(second.id)).toBe("no-marker");
  const { repository, number } = second.marker.issue;
  const copied = { ...second.marker, issue: { repository: repository + 1, number } };
  await edit(second.id, encodeMarker("x", copied));
  expect(await refused(second.id, 2)).toBe("other-issue");
  await edit(second.id, second.body);
  expect(await refusal(loop, issue, 999_999)).toBe("not-visible");
  expect(await refusal(loop, other, elsewhere.id)).toBe("not-visible");
  await control(loop, "POST /clock", { advance: 86_401_000 });
  expect(await refused(second.id, 3)).toBe("expired");
  expect(landed(loop)).toEqual([]);
  // Nothing is lost: the work is declared anew, and that intent is taken up.
  const anew = await intentOf(loop, issue, 2, 2);
  await control(loop, "DELETE /faults", {});
  await wake(loop, issue, anew.id);
  await done(loop, issue);
  expectOnce(loop);
  expect((await chainOf(loop, issue)).attempts.implement).toEqual({ last: 2, lost: [] });
});

/** A workflow of the repository's own writes this comment with its job's token. */
async function workflowComments(loop: Loop, issue: number, body: string): Promise<void> {
  const file = `on: workflow_dispatch
permissions: { issues: write }
jobs:
  comment:
    runs-on: ubuntu-latest
    steps:
      - run: |
          node -e 'fetch(process.env.URL, { method: "POST", headers: { authorization: "token " + process.env.TOKEN }, body: JSON.stringify({ body: process.env.BODY }) }).then(({ status }) => process.exit(status === 201 ? 0 : 1))'
        env:
          URL: \${{ github.api_url }}${loop.repo}/issues/${issue}/comments
          TOKEN: \${{ github.token }}
          BODY: ${JSON.stringify(body)}
`;
  const content = Buffer.from(file).toString("base64");
  const path = `${loop.repo}/contents/.github/workflows/comment.yml`;
  expect(await request(loop, "PUT", path, { message: "Comment", content })).toBe(201);
  const dispatch = `${loop.repo}/actions/workflows/comment.yml/dispatches`;
  expect(await request(loop, "POST", dispatch, { ref: "main" })).toBe(204);
  await loop.until("the workflow's comment", async () =>
    (await commentsOf(loop, issue)).some(({ user }) => user.login === "github-actions[bot]")
      ? true
      : undefined,
  );
}

test("11: markers that a person, another app, a workflow or the agent made are inert, and reported", async () => {
  const marker = encodeMarker("Nothing to see", {
    v: 1,
    type: "hold",
    issue: { repository: 1, number: 1 },
    seq: 1,
    generation: 1,
    reason: "asked",
    detail: "",
    evidence: [],
  });
  await using loop = await startLoop({ agent: `echo '${marker.replaceAll("\n", " ")}' | tee -a README.md` });
  const { sandbox, repository } = loop.stage;
  const issue = await loop.issue();
  const comments = `${loop.repo}/issues/${issue}/comments`;
  const real = marker.replace('"repository":1', `"repository":${repository.id}`);
  sandbox.addCollaborator(repository, "oda", "read");
  await loop.outsider.post(comments, { body: real });
  await loop.maintainer.post(comments, { body: `As it says:\n\n\`\`\`\n${real}\n\`\`\`` });
  const another = sandbox.createApp({
    name: "Another",
    permissions: { issues: "write", metadata: "read" },
    events: [],
    webhookUrl: "",
  });
  const installed = sandbox.installApp(another.app, "acme", "all");
  const jwt = await signJwt(sandbox, another);
  const path = `/app/installations/${installed.id}/access_tokens`;
  const { token } = await person(sandbox.url, jwt).post<{ token: string }>(path, {});
  await person(sandbox.url, token).post(comments, { body: real });
  await workflowComments(loop, issue, real);
  const forged = await commentsOf(loop, issue);
  expect(forged).toHaveLength(4);
  await loop.ready(issue);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop)).toEqual(["agent.run", "branch.create", "pull.create", "review.request", "merge"]);
  for (const { id } of forged.filter(({ body }) => !body.includes("```"))) {
    expect(loop.lines.filter(({ message }) => message.includes(`comment ${id} by`))).toHaveLength(1);
  }
});

test("8: the list lags behind the single comment: it goes on; shorter than the count: it waits, and says not-visible", async () => {
  await using loop = await withoutStarts();
  const issue = await loop.issue();
  const path = `${REPO}/issues/{issue_number}/comments`;
  await control(loop, "POST /faults", { method: "GET", path, count: 1_000, fault: { kind: "stale" } });
  await loop.ready(issue);
  await waitsFor(loop, "a run to take up implement/1");
  await loop.app.stop();
  // The next process does not know where the comment is, and concludes nothing from a list that lacks it.
  loop.app = await loop.startApp({ PORT: String(loop.port) });
  // The intent, and the status comment.
  await waitsFor(loop, "all comments to be readable (0 of 2)");
  await pass(loop, 125);
  await waitsFor(loop, "not-visible: GitHub shows 0 of 2 comments");
  expect(await commentsOf(loop, issue).then((all) => all.length)).toBe(0);
  await control(loop, "DELETE /faults", {});
  expect(await commentsOf(loop, issue).then((all) => all.length)).toBe(2);
  await loop.app.sweep();
  await done(loop, issue);
  expectOnce(loop);
});

test("14: the tenth generation, among 250 comments on three pages, one of which goes between two reads", async () => {
  await using loop = await withoutStarts();
  const issue = await loop.issue();
  const comments = `${loop.repo}/issues/${issue}/comments`;
  // Nobody could write as many in a minute.
  await control(loop, "POST /limits", { limits: "off" });
  for (let index = 0; index < 250; index += 1)
    await loop.maintainer.post(comments, { body: `Comment ${index}` });
  const [first] = await commentsOf(loop, issue);
  // Ten generations: each act seals what nobody has claimed and raises the next; 10 comes after 9.
  for (let generation = 1; generation <= 10; generation += 1) {
    await loop.ready(issue);
    await loop.until("the label's end", async () =>
      (await loop.shown(issue)).labels.includes("cairn:ready") ? undefined : true,
    );
    await intentOf(loop, issue, generation);
  }
  const state = await chainOf(loop, issue);
  expect([state.generation, state.open?.generation, state.acts.length]).toEqual([10, 10, 10]);
  await loop.app.stop();
  await control(loop, "DELETE /faults", {});
  // The next process reads everything, from the last page to the first; a comment of the first goes meanwhile.
  await control(loop, "POST /faults", {
    method: "GET",
    path: `${REPO}/issues/{issue_number}/comments`,
    fault: { kind: "hang", ms: 400 },
  });
  loop.app = await loop.startApp({ PORT: String(loop.port) });
  await request(loop, "DELETE", `${loop.repo}/issues/comments/${first?.id}`);
  await done(loop, issue);
  expectOnce(loop);
  expect(kinds(loop).filter((kind) => kind === "agent.run")).toEqual(["agent.run"]);
  expect(landed(loop)).toContain(`agent.run:${issue}#g10a1`);
});
