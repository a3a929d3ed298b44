/** What GitHub keeps at another address: it is fetched from there, and nothing of the installation's goes along. */
import { expect, test } from "vitest";
import { connectTo, type Reply, scripted } from "./connection.ts";

/** A job's log, behind an address that answers so. `told`: the authorizations that arrived, in order. */
async function logBehind(elsewhere: Reply, moved: (url: string) => Reply = sentOn) {
  const told: (string | undefined)[] = [];
  const github = await scripted((request, url) => {
    told.push(request.headers.authorization);
    return request.url === "/elsewhere" ? elsewhere : moved(url);
  });
  const { reads } = await connectTo(github);
  return {
    told,
    arrived: github.arrived,
    log: () => reads.jobLog(9),
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

const sentOn = (url: string): Reply => ({
  status: 302,
  headers: { "content-type": "text/html", location: `${url}/elsewhere` },
});
const text = { headers: { "content-type": "text/plain" }, body: "one\ntwo\n" };

test("the text comes from the other address, which is told no token", async () => {
  await using github = await logBehind(text);
  expect((await github.log())?.value).toBe("one\ntwo\n");
  expect(github.arrived).toEqual(["GET /repos/acme/tools/actions/jobs/9/logs", "GET /elsewhere"]);
  expect(github.told).toEqual(["token none", undefined]);
});

test("a log that was deleted is none", async () => {
  await using github = await logBehind(text, () => ({ status: 410, body: { message: "Gone" } }));
  expect(await github.log()).toBeUndefined();
});

test.each<readonly [string, Reply, ((url: string) => Reply) | undefined, object]>([
  ["the other address refuses", { status: 403 }, undefined, { kind: "unavailable" }],
  ["it sends on once more", { status: 302, headers: { location: "/x" } }, undefined, { kind: "unavailable" }],
  [
    "no address is named",
    text,
    () => ({ status: 302, headers: { "content-type": "text/html" } }),
    { kind: "malformed" },
  ],
])("%s: an error that says where", async (_what, elsewhere, moved, error) => {
  await using github = await logBehind(elsewhere, moved);
  await expect(github.log()).rejects.toMatchObject(error);
});
