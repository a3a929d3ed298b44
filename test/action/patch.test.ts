/** What an agent changed becomes exactly the verified tree, or a refusal with its reason; nothing else counts. */
import { access, chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { setAside, takePatch } from "../../action/patch.ts";
import { type Checkout, checkout, RULES, throughVerify, verifyIn } from "./checkout.ts";

const FILES = {
  "README.md": "# Tools\n",
  "src/add.js": "export const add = (a, b) => a + b;\n",
  "c.txt": "c\n",
};

const shown = ({ files }: Awaited<ReturnType<typeof throughVerify>>) =>
  Object.fromEntries(
    files.map(({ path, mode, content }) => [
      path,
      content === null ? "removed" : `${mode} ${Buffer.from(content, "base64").toString("utf8")}`,
    ]),
  );

const failing = (reason: string, detail = "") =>
  expect.objectContaining({ reason, message: expect.stringContaining(detail) });

test("a change, a new file, a removed one and an executable one arrive, with the tree that git makes of them", async () => {
  let expected = "";
  const verified = await throughVerify(FILES, async (agent) => {
    await agent.write("README.md", "# Better tools\n");
    await agent.write("bin/tool", "#!/bin/sh\n");
    await agent.executable("bin/tool");
    await agent.remove("c.txt");
    await agent.git("add", "--all");
    expected = await agent.git("write-tree");
  });
  expect(shown(verified)).toEqual({
    "README.md": "100644 # Better tools\n",
    "bin/tool": "100755 #!/bin/sh\n",
    "c.txt": "removed",
  });
  expect(verified.tree).toBe(expected);
});

test("the executable bit alone is a change", async () => {
  const verified = await throughVerify(FILES, (agent) => agent.executable("src/add.js"));
  expect(shown(verified)).toEqual({ "src/add.js": `100755 ${FILES["src/add.js"]}` });
});

test("bytes, carriage returns and names with spaces and other scripts stay as they are", async () => {
  const bytes = Buffer.from([0, 255, 254, 10, 13, 0, 128]);
  const files = { ...FILES, "crlf.txt": "one\r\ntwo\r\n", "logo.bin": bytes };
  const verified = await throughVerify(files, async (agent) => {
    await agent.write("logo.bin", Buffer.concat([bytes, bytes]));
    await agent.write("crlf.txt", "one\r\n2\r\n");
    await agent.write('a b/früh "quoted".txt', "Grüße\n");
  });
  const content = (path: string) => verified.files.find((file) => file.path === path)?.content;
  expect(content("logo.bin")).toBe(Buffer.concat([bytes, bytes]).toString("base64"));
  expect(content("crlf.txt")).toBe(Buffer.from("one\r\n2\r\n").toString("base64"));
  expect(content('a b/früh "quoted".txt')).toBe(Buffer.from("Grüße\n").toString("base64"));
});

test("line endings that .gitattributes asks for are normalised as a person's commit would be", async () => {
  const files = { ".gitattributes": "*.bat text eol=crlf\n", "run.bat": "one\r\ntwo\r\n" };
  const verified = await throughVerify(files, (agent) => agent.write("run.bat", "one\r\n2\r\n"));
  expect(shown(verified)).toEqual({ "run.bat": "100644 one\n2\n" });
});

test("a change keeps what others committed to the same file meanwhile", async () => {
  const lines = (first: string, last: string) => `${first}\n${"middle\n".repeat(12)}${last}\n`;
  const verified = await throughVerify(
    { "a.txt": lines("one", "end") },
    (agent) => agent.write("a.txt", lines("one", "END")),
    { meanwhile: { "a.txt": lines("ONE", "end") } },
  );
  expect(shown(verified)).toEqual({ "a.txt": `100644 ${lines("ONE", "END")}` });
});

test("a change where others changed the same line is a conflict that names the file", async () => {
  const work = throughVerify(FILES, (agent) => agent.write("src/add.js", "export const add = plus;\n"), {
    meanwhile: { "src/add.js": "export const add = sum;\n" },
  });
  await expect(work).rejects.toEqual(failing("conflict", "src/add.js"));
});

test("what is on the base already is no change", async () => {
  const same = { "README.md": "# Same\n" };
  const work = throughVerify(FILES, (agent) => agent.write("README.md", same["README.md"]), {
    meanwhile: same,
  });
  await expect(work).rejects.toEqual(failing("no-change"));
});

test.each<[string, string, string, (agent: Checkout) => Promise<unknown>]>([
  ["nothing at all", "no-change", "", async () => undefined],
  ["a file that is ignored", "no-change", "", (agent) => agent.write("node_modules/x/index.js", "1")],
  [
    "a workflow",
    "reserved-path",
    ".github/workflows/ci.yml",
    (agent) => agent.write(".github/workflows/ci.yml", "on: push\n"),
  ],
  [
    "a workflow under another case",
    "reserved-path",
    ".GitHub",
    (agent) => agent.write(".GitHub/workflows/ci.yml", "x\n"),
  ],
  [
    "a removed configuration",
    "reserved-path",
    ".github/cairn.yml",
    (agent) => agent.remove(".github/cairn.yml"),
  ],
  ["submodules", "reserved-path", ".gitmodules", (agent) => agent.write(".gitmodules", "[submodule]\n")],
  ["a link to the machine", "patch-unsafe", "etc", (agent) => agent.link("etc", "/etc")],
  ["a link out of the tree", "patch-unsafe", "src/up", (agent) => agent.link("src/up", "../../outside")],
  [
    "more than half of the files removed",
    "patch-unsafe",
    "removes 3 of 5",
    async (agent) => {
      for (const path of ["README.md", "src/add.js", "c.txt"]) await agent.remove(path);
    },
  ],
])("%s is not published: %s", async (_what, reason, detail, change) => {
  const files = { ...FILES, ".gitignore": "node_modules/\n", ".github/cairn.yml": "merge: never\n" };
  await expect(throughVerify(files, change)).rejects.toEqual(failing(reason, detail));
});

test("a link within the tree is published as a link", async () => {
  const verified = await throughVerify(FILES, (agent) => agent.link("docs/start.md", "../README.md"));
  expect(shown(verified)).toEqual({ "docs/start.md": "120000 ../README.md" });
});

test("limits of files and of kilobytes, and paths that the configuration reserves", async () => {
  const rules = { reservedPaths: ["infra/"], limits: { files: 2, kilobytes: 4 } };
  const change = (files: Readonly<Record<string, string>>) =>
    throughVerify(
      FILES,
      async (agent) => {
        for (const [name, content] of Object.entries(files)) await agent.write(name, content);
      },
      { rules },
    );
  await expect(change({ a: "1", b: "2" })).resolves.toBeTruthy();
  await expect(change({ a: "1", b: "2", c: "3" })).rejects.toEqual(failing("patch-too-large", "3 files"));
  await expect(change({ a: "x".repeat(5_000) })).rejects.toEqual(failing("patch-too-large", "5 KiB"));
  await expect(change({ "infra/main.tf": "1" })).rejects.toEqual(failing("reserved-path", "infra/main.tf"));
});

test("a repository inside the checkout, with or without a commit, is refused and not published as a link to nowhere", async () => {
  const nested = (commit: boolean) =>
    throughVerify(FILES, async (agent) => {
      await agent.git("init", "-q", "vendor/lib");
      const args = ["-C", "vendor/lib", "commit", "-q", "--allow-empty", "-m", "x"];
      if (commit) await agent.git(...args);
    });
  await expect(nested(true)).rejects.toEqual(failing("patch-unsafe", "vendor/lib"));
  await expect(nested(false)).rejects.toEqual(failing("patch-unsafe", "vendor/lib"));
});

test("a file name that is not UTF-8 is refused by name of the reason, not by a crash", async () => {
  const work = throughVerify(FILES, (agent) =>
    writeFile(Buffer.concat([Buffer.from(`${agent.path}/`), Buffer.from([0x66, 0xff, 0x66])]), "x"),
  );
  await expect(work).rejects.toEqual(failing("patch-unsafe", "not UTF-8"));
});

test("commits, branches and an index that the agent made do not matter: the files do", async () => {
  const verified = await throughVerify(FILES, async (agent) => {
    await agent.write("README.md", "# Committed\n");
    await agent.git("checkout", "-q", "-b", "mine");
    await agent.git("commit", "-q", "-a", "-m", "Mine");
    await agent.git("update-index", "--assume-unchanged", "c.txt");
    await agent.write("c.txt", "changed\n");
  });
  expect(shown(verified)).toEqual({ "README.md": "100644 # Committed\n", "c.txt": "100644 changed\n" });
});

test("hooks, filters, external diffs and a lost .git of the agent's are not obeyed", async () => {
  await using agent = await checkout({ ...FILES, ".gitattributes": "" });
  const tree = await setAside(agent.path, agent.temp);
  const trap = join(agent.temp, "sprung");
  const script = join(agent.temp, "trap.sh");
  await writeFile(script, `#!/bin/sh\necho sprung > '${trap}'\ncat\n`);
  await chmod(script, 0o755);
  for (const key of [
    "filter.evil.clean",
    "filter.evil.smudge",
    "diff.evil.command",
    "diff.evil.textconv",
    "core.fsmonitor",
  ]) {
    await agent.git("config", key, script);
  }
  await mkdir(join(agent.path, ".git/hooks"), { recursive: true });
  for (const hook of ["post-index-change", "pre-commit", "fsmonitor-watchman"]) {
    await writeFile(join(agent.path, ".git/hooks", hook), `#!/bin/sh\necho sprung > '${trap}'\n`, {
      mode: 0o755,
    });
  }
  await agent.write(".gitattributes", "* filter=evil diff=evil\n");
  await agent.write("README.md", "# Trapped\n");
  const patch = await takePatch(tree, agent.commit, RULES);
  await agent.remove(".git");
  const again = await takePatch(tree, agent.commit, RULES);
  expect(again.equals(patch)).toBe(true);
  await using trusted = await checkout({ ...FILES, ".gitattributes": "" });
  const verified = await verifyIn(trusted, patch);
  expect(verified.files.map(({ path }) => path)).toEqual([".gitattributes", "README.md"]);
  await expect(access(trap)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a checkout that the agent removed is a refusal", async () => {
  await using agent = await checkout(FILES);
  const tree = await setAside(agent.path, agent.temp);
  await agent.remove(".");
  await expect(takePatch(tree, agent.commit, RULES)).rejects.toEqual(failing("patch-unsafe", "gone"));
});

/** A patch as nobody's `git diff` would make it: what a tampered artifact could hold. */
const handMade = (path: string, mode: string, line: string): Buffer =>
  Buffer.from(
    `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`,
  );

test.each([
  [".git/hooks/post-checkout", "100755"],
  ["../outside.txt", "100644"],
  ["a/../../outside.txt", "100644"],
  ["/etc/cairn", "100644"],
  [".GIT/config", "100644"],
])("a hand-made patch that writes %s is refused, and nothing is written", async (path, mode) => {
  await using trusted = await checkout(FILES);
  await expect(verifyIn(trusted, handMade(path, mode, "x"), RULES)).rejects.toMatchObject({
    reason: expect.stringMatching(/^patch-unsafe$/),
  });
  await expect(trusted.git("status", "--porcelain")).resolves.toBe("");
});

test("a hand-made patch that writes through a link it has made itself is refused", async () => {
  await using trusted = await checkout(FILES);
  const link = Buffer.from(
    "diff --git a/out b/out\nnew file mode 120000\n--- /dev/null\n+++ b/out\n@@ -0,0 +1 @@\n+/tmp\n\\ No newline at end of file\n",
  );
  const patch = Buffer.concat([link, handMade("out/cairn.txt", "100644", "x")]);
  await expect(verifyIn(trusted, patch)).rejects.toEqual(failing("patch-unsafe"));
});

test("bytes that are no patch are refused", async () => {
  await using trusted = await checkout(FILES);
  await expect(verifyIn(trusted, Buffer.from("not a patch\n"))).rejects.toEqual(failing("patch-unsafe"));
});
