/** A pull request that touches the configuration: what is wrong with it is said on its head, before it is merged. */
import { expect, test } from "vitest";
import { checkConfig } from "../../src/app/config-check.ts";
import { newHeadOf } from "../../src/app/target.ts";
import { CONFIG_CHECK } from "../../src/effects/index.ts";
import { AUTHORITY_PATH, type Owner } from "../../src/policy/authority-file.ts";
import { type Scene, scene } from "../barrier/scene.ts";

const PATH = ".github/cairn.yml";
const ACME: Owner = { owner: "acme", ownerType: "Organization" };

/** A branch on which a person has put these files, one commit each, and its pull request. */
async function bring(s: Scene, files: Readonly<Record<string, string>>): Promise<number> {
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  const { sha } = (await maya("GET", "~/git/ref/heads/main")).body.object;
  await maya("POST", "~/git/refs", { ref: "refs/heads/config", sha });
  for (const [path, text] of Object.entries(files)) await put(s, path, text);
  return (await maya("POST", "~/pulls", { title: "Configure", head: "config", base: "main" })).body.number;
}

async function put(s: Scene, path: string, text: string): Promise<void> {
  const maya = s.fixture.as(s.fixture.tokens.maintainer);
  const there = await maya("GET", `~/contents/${path}?ref=config`);
  const content = Buffer.from(text).toString("base64");
  const sha = there.status === 200 ? { sha: there.body.sha } : {};
  const { status } = await maya("PUT", `~/contents/${path}`, {
    message: path,
    content,
    branch: "config",
    ...sha,
  });
  expect(status).toBeLessThan(300);
}

const shown = (s: Scene) =>
  [...s.fixture.sandbox.world.checkRuns.values()]
    .filter((one) => one.name === CONFIG_CHECK)
    .map(({ conclusion, output }) => ({ conclusion, title: output?.title, summary: output?.summary }));

test("each problem with its place; not said twice of one head, and taken back by the next that mends it", async () => {
  await using s = await scene();
  const pull = await bring(s, {
    [PATH]: "merge: on-green-with-review\nmerge-metod: squash\nslots: `none`\n",
  });
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  expect(shown(s)).toMatchObject([{ conclusion: "failure", title: "It cannot be used: 1 problem" }]);
  await put(s, PATH, "merge-metod: squash\nslots: 0\n");
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  expect(shown(s)[1]).toMatchObject({ conclusion: "failure", title: "It cannot be used: 2 problems" });
  expect(shown(s)[1]?.summary).toContain(`- \`${PATH}:1:1: the file: found the key 'merge-metod';`);
  expect(shown(s)[1]?.summary).toContain(
    `- \`${PATH}:2:8: 'slots': found 0; allowed: a whole number from 1 to 100\``,
  );
  const before = s.fixture.sandbox.requestLog.filter((one) => one.method !== "GET").length;
  expect(await checkConfig(s.site, pull, ACME)).toBe("shown");
  expect(s.fixture.sandbox.requestLog.filter((one) => one.method !== "GET").length).toBe(before);
  await put(s, PATH, "merge-method: squash\n");
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  expect(shown(s)[2]).toMatchObject({ conclusion: "success", title: "It can be used" });
});

test("a pull request that touches anything else costs one read, and a closed one says nothing", async () => {
  await using s = await scene();
  const pull = await bring(s, { "docs/cairn.yml": "slots: 0\n" });
  const before = s.fixture.sandbox.requestLog.length;
  expect(await checkConfig(s.site, pull, ACME)).toBe("not-touched");
  expect(s.fixture.sandbox.requestLog.length - before).toBe(1);
  await put(s, PATH, "slots: 0\n");
  await s.fixture.as(s.fixture.tokens.maintainer)("PATCH", `~/pulls/${pull}`, { state: "closed" });
  expect(await checkConfig(s.site, pull, ACME)).toBe("not-touched");
  expect(shown(s)).toEqual([]);
});

test("the authority file is looked at as well: teams of others and of a person's account have their place there", async () => {
  await using s = await scene();
  const pull = await bring(s, { [AUTHORITY_PATH]: "ready:\n  teams: [acme/core, globex/ops]\n" });
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  expect(shown(s)[0]).toMatchObject({ conclusion: "failure", title: "It cannot be used: 1 problem" });
  expect(shown(s)[0]?.summary).toMatch(
    /^Merged as it is, nobody could start .*\n\n- `\.github\/cairn-authority\.yml:2:22: 'ready\.teams\.1': found "globex\/ops"; allowed: a team of acme, /,
  );
  expect(await checkConfig(s.site, pull, { owner: "maya", ownerType: "User" })).toBe("written");
  expect(shown(s).at(-1)?.title).toBe("It cannot be used: 2 problems");
  await put(s, PATH, "slots: 0\n");
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  const both = shown(s).at(-1);
  expect(both?.title).toBe("It cannot be used: 2 problems");
  expect(both?.summary?.match(/^(Merged as it is|- `\S+:\d+:\d+)/gm)).toEqual([
    "Merged as it is",
    "Merged as it is",
    `- \`${PATH}:1:8`,
    `- \`${AUTHORITY_PATH}:2:22`,
  ]);
  await put(s, PATH, "slots: 1\n");
  await put(s, AUTHORITY_PATH, "ready: { teams: ['@acme/core'] }\n");
  expect(await checkConfig(s.site, pull, ACME)).toBe("written");
  expect(shown(s).at(-1)).toMatchObject({
    conclusion: "success",
    summary: `\`${PATH}\` and \`${AUTHORITY_PATH}\` of this head can be used as they are.`,
  });
});

test("asked for by each new head of a person's pull request, on whatever branch, and by nothing else", () => {
  const payload = (action: string, sender: number) => ({
    action,
    installation: { id: 3 },
    repository: { name: "tools", owner: { login: "acme" } },
    pull_request: { number: 7, head: { ref: "any" } },
    sender: { id: sender },
  });
  const asked = (name: string, action: string, sender = 1) =>
    newHeadOf({ name, payload: payload(action, sender) }, 9);
  const head = { installation: 3, owner: "acme", repository: "tools", pull: 7 };
  for (const action of ["opened", "reopened", "synchronize"])
    expect(asked("pull_request", action)).toEqual(head);
  expect(asked("pull_request", "labeled")).toBeUndefined();
  expect(asked("pull_request", "opened", 9)).toBeUndefined();
  expect(asked("pull_request_review", "opened")).toBeUndefined();
  expect(newHeadOf({ name: "pull_request", payload: { action: "opened" } }, 9)).toBeUndefined();
});
