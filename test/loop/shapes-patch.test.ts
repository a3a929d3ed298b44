/** What a patch carries of files that git converts: what was touched. */
import { expect, test } from "vitest";
import { setAside, takePatch } from "../../action/patch.ts";
import { type Checkout, checkout, type Files, throughVerify, verifyIn } from "../action/checkout.ts";

const paths = ({ files }: Awaited<ReturnType<typeof throughVerify>>) => files.map(({ path }) => path);

/** Committed with carriage returns, before there was a rule about them. */
async function stale(files: Files): Promise<Checkout> {
  const made = await checkout(files);
  await made.write(".gitattributes", "*.bat text eol=crlf\n");
  await made.git("add", ".gitattributes");
  await made.git("commit", "-q", "-m", "A rule");
  return { ...made, commit: await made.git("rev-parse", "HEAD") };
}

test("files that nobody touched stay out of the patch, though git would convert them now", async () => {
  await using agent = await stale({
    "old.bat": "one\r\ntwo\r\n",
    "other.bat": "one\r\n",
    "README.md": "# A\n",
  });
  const tree = await setAside(agent.path, agent.temp);
  await agent.write("README.md", "# B\n");
  await agent.write("other.bat", "two\r\n");
  const patch = await takePatch(tree, agent.commit);
  const verified = await verifyIn(agent, patch);
  expect(paths(verified)).toEqual(["README.md", "other.bat"]);
});

test("a rule about line endings changes no file that it is about", async () => {
  const files = { "old.bat": "one\r\ntwo\r\n", "README.md": "# A\n" };
  const verified = await throughVerify(files, (agent) =>
    agent.write(".gitattributes", "*.bat text eol=crlf\n"),
  );
  expect(paths(verified)).toEqual([".gitattributes"]);
});
