/** What GitHub refuses, in its own words (GitHub facts: "Limits", "Refs"). That each is sent once: `once.test.ts`. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GitHubWrites } from "../../src/github/index.ts";
import type { FaultRule } from "../../src/sandbox/control/faults.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";
import { connectTo } from "./connection.ts";

let fixture: Fixture;
let writes: GitHubWrites;

beforeAll(async () => {
  fixture = await start();
  writes = (await connectTo(fixture)).writes;
});
afterAll(() => fixture[Symbol.asyncDispose]());

test("a limit is told apart from a missing permission, and says until when", async () => {
  const refusal = async (fault: FaultRule["fault"]) => {
    // With a governor of its own: this limit holds nobody else back.
    const own = (await connectTo(fixture)).writes;
    fixture.sandbox.faults.add({ method: "POST", path: "/repos/{owner}/{repo}/git/refs", fault });
    const end = await own.createRef("refs/heads/x", "0".repeat(40));
    const next = await own.createRef("refs/heads/x", "0".repeat(40)).catch((error: Error) => error);
    fixture.sandbox.faults.clear();
    return { end, next };
  };
  const limited = await refusal({
    kind: "status",
    status: 403,
    message: "secondary rate limit",
    headers: { "retry-after": "7" },
  });
  expect(limited.end).toMatchObject({ reason: "rate-limited" });
  // I11: nothing new goes out before the limit has ended.
  expect(limited.next).toMatchObject({ kind: "rate-limited" });
  const plain = await refusal({
    kind: "status",
    status: 403,
    message: "Resource not accessible by integration",
  });
  expect(plain.end).toMatchObject({ reason: "forbidden" });
  expect(plain.next).toMatchObject({ kind: "refused", reason: "invalid" });
});

test("a ref is never forced: what does not descend is refused (GitHub facts: Refs)", async () => {
  const { store, refs } = await repository();
  const main = refs.get("refs/heads/main") ?? "";
  const tree = (await store.readCommit(main))?.tree ?? "";
  const first = await writes.createCommit({ message: "a", tree, parents: [main] });
  const other = await writes.createCommit({ message: "b", tree, parents: [main] });
  if (first.kind !== "applied" || other.kind !== "applied") throw new Error("no commits");
  // An app's own commits without author and committer are signed by GitHub.
  expect(first.value).toMatchObject({ verified: true, message: "a" });
  expect(await writes.createRef("refs/cairn/900", first.value.sha)).toMatchObject({ kind: "applied" });
  expect(await writes.createRef("refs/cairn/900", other.value.sha)).toMatchObject({
    kind: "refused",
    reason: "invalid",
    message: "Reference already exists",
  });
  expect(await writes.updateRef("refs/cairn/900", other.value.sha)).toMatchObject({
    reason: "invalid",
    message: "Update is not a fast forward",
  });
});

test("removing a label that is not set is what was asked for", async () => {
  const issue = (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t" })).body.number;
  expect(await writes.removeLabel(issue, "never")).toMatchObject({ kind: "applied" });
});

async function repository() {
  const { sandbox, repository: found } = fixture;
  const store = sandbox.services.stores.get(found.id);
  if (!store) throw new Error("no store");
  return { store, refs: found.refs };
}
