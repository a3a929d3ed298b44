/** `cairn init` and `cairn validate`, as processes: what they write, what they say, how they end. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { CALLER_PATH } from "../../src/checkout/caller-workflow.ts";
import { init } from "../../src/cli/init.ts";
import { validate } from "../../src/cli/validate.ts";
import { callerFlaw } from "../../src/policy/caller.ts";
import {
  CONFIG_PATH,
  CONFIG_SCHEMA,
  DEFAULTS,
  parseConfig,
  starterConfig,
} from "../../src/policy/config/index.ts";
import { type End, run } from "./cairn.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-init-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** As people call it in that folder, whoever has started the tests. */
const { INIT_CWD: _caller, ...env } = process.env;
const cairn = (...args: string[]): Promise<End> => run(args, { cwd: folder, env, timeout: 20_000 });

test("paths are those of the folder in which npm was called, wherever it starts the program", async () => {
  const there = await mkdtemp(join(folder, "called-"));
  await writeFile(join(there, "mine.yml"), "atempts: 3\n");
  const called = (...args: string[]) =>
    run(args, { cwd: folder, env: { ...env, INIT_CWD: there }, timeout: 20_000 });
  expect((await called("validate", "mine.yml")).out).toMatch(/^mine\.yml:1:1: /);
  expect(await called("init", "--app", "https://cairn.example.com")).toMatchObject({ code: 0 });
  expect(await readFile(join(there, CONFIG_PATH), "utf8")).toBe(starterConfig());
});

test("two files are written once, a file that differs stays, and both are what Cairn takes", async () => {
  const args = ["init", "--app", "https://cairn.example.com/", "--agent", "./agent.sh"];
  const first = await cairn(...args);
  expect(first).toMatchObject({ code: 0, out: expect.stringContaining(`${CALLER_PATH}: written`) });
  const config = await readFile(join(folder, CONFIG_PATH), "utf8");
  expect(parseConfig(config)).toMatchObject({
    kind: "valid",
    config: { ...DEFAULTS, agent: { ...DEFAULTS.agent, command: "./agent.sh" } },
  });
  const caller = await readFile(join(folder, CALLER_PATH), "utf8");
  expect(callerFlaw(CALLER_PATH, caller)).toBeUndefined();
  expect(parse(caller).jobs.cairn.with.app).toBe("https://cairn.example.com");
  expect(await cairn(...args)).toMatchObject({ code: 0, out: expect.stringContaining("there already") });
  await rm(join(folder, CALLER_PATH));
  await writeFile(join(folder, CONFIG_PATH), "attempts: 2\n");
  expect(await cairn(...args)).toMatchObject({
    code: 2,
    err: `cairn: ${CONFIG_PATH} is there already, and differs: nothing was written\n`,
  });
  expect(await readFile(join(folder, CONFIG_PATH), "utf8")).toBe("attempts: 2\n");
  await expect(readFile(join(folder, CALLER_PATH))).rejects.toThrow("ENOENT");
});

test.each([
  [["init"], "init needs --app URL"],
  [["init", "--app", "cairn.example.com"], "no address that tokens may be sent to"],
  [["init", "--app", "http://cairn.example.com"], "it begins with https://"],
  [["init", "--app", "https://a:b@cairn.example.com"], "no account"],
  [["init", "--app", "https://cairn.example.com", "--agent", " "], "--agent is empty"],
  [["init", "--app", "https://cairn.example.com", "--dir", "nowhere"], "there is no such folder"],
  [["validate", "nowhere.yml"], "nowhere.yml cannot be read: ENOENT"],
  [["validate", "a", "b"], "validate takes one file"],
  [["validate", "nowhere.yml", "--owner", "acme"], "nowhere.yml cannot be read"],
  [["validate", "package.json", "--owner", "acme"], "--owner is for cairn-authority.yml"],
  [["validate", "--jsn"], "Unknown option '--jsn'"],
])("%j is refused, and says why", async ([verb = "", ...args], words) => {
  const refused = expect.objectContaining({ code: 2, message: expect.stringContaining(words) });
  await expect((verb === "init" ? init : validate)(args)).rejects.toEqual(refused);
});

test("a configuration is read as Cairn reads it, and each error has its place", async () => {
  await writeFile(join(folder, "good.yml"), starterConfig());
  expect(await cairn("validate", "good.yml")).toEqual({
    code: 0,
    out: "good.yml: it can be used\n",
    err: "",
  });
  await writeFile(join(folder, "bad.yml"), "atempts: 3\nmerge: always\n");
  const bad = await cairn("validate", "bad.yml");
  expect(bad.code).toBe(2);
  expect(bad.out.split("\n")).toEqual([
    expect.stringMatching(
      /^bad\.yml:1:1: the file: found the key 'atempts'; did you mean 'attempts'\? Allowed: /,
    ),
    "bad.yml:2:8: 'merge': found \"always\"; allowed: one of: never, shadow, on-green-with-review",
    "",
  ]);
  expect(JSON.parse((await cairn("validate", "bad.yml", "--json")).out)).toMatchObject({
    file: "bad.yml",
    valid: false,
    problems: [
      { line: 1, column: 1 },
      { line: 2, column: 8 },
    ],
  });
});

test("a file that says who may is known by its name, and whose teams it can name by --owner", async () => {
  const file = join(folder, "cairn-authority.yml");
  await writeFile(file, "ready: { users: [maya], teams: [acme/core, '@globex/ops'] }\n");
  expect(await cairn("validate", "cairn-authority.yml")).toMatchObject({ code: 0, err: "" });
  expect(await cairn("validate", "cairn-authority.yml", "--owner", "acme")).toEqual({
    code: 2,
    err: "",
    out: `cairn-authority.yml:1:44: 'ready.teams.1': found "@globex/ops"; allowed: a team of acme, to which the repository belongs, as acme/ops: no other organization can be asked\n`,
  });
  await writeFile(file, "raedy: { users: [maya] }\n");
  expect((await cairn("validate", "cairn-authority.yml")).out).toContain("did you mean 'ready'?");
});

test("what editors complete by agrees with what Cairn reads", () => {
  const fits = new Ajv2020().compile(CONFIG_SCHEMA);
  const sections = Object.entries(CONFIG_SCHEMA.properties ?? {}).flatMap(([key, { properties }]) =>
    properties ? [key] : [],
  );
  const uncommented = starterConfig("x")
    .replaceAll(/^( *)# (?!yaml)([a-z-]+: )/gm, "$1$2")
    .replaceAll(new RegExp(`^# ((?:${sections.join("|")}):)$`, "gm"), "$1");
  for (const text of [
    starterConfig(),
    starterConfig("./agent.sh"),
    uncommented,
    "{}",
    "attempts: 3",
    "reviewers: [maya]",
    "atempts: 3",
    "attempts: 0",
    "reviewers: [a b]",
    "merge: x",
    "entry-label: cairn:hold",
    "entry-label: Cairn:Done",
    "entry-label: cairn:holding",
    "quiet-hours: 22:00-22:00",
    "quiet-hours: 22:00-22:01 Europe/Berlin",
    "quiet-hours: 02:20-02:20 UTC",
    "quiet-hours: 22:00-22:0",
  ]) {
    expect([text, fits(parse(text))]).toEqual([text, parseConfig(text).kind === "valid"]);
  }
  expect(parseConfig(uncommented)).toMatchObject({ config: { ...DEFAULTS, agent: { command: "x" } } });
});
