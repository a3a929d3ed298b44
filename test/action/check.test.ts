/** The check's job, as GitHub starts it, with commands that would like to be believed: only its exit code counts. */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunSoFar, type Stage, setStage } from "./stage.ts";

let folder: string;
let stage: Stage;
let run: RunSoFar;
/** The verified patch as it was left. */
let verified: string;
let runs = 10;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cairn-check-"));
  stage = await setStage({}, `sh '${join(folder, "check.sh")}'`);
  run = await begin(1);
  verified = await readFile(patchOf(run), "utf8");
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const patchOf = ({ temp }: RunSoFar): string => join(temp, "cairn-verified", "verified.json");

/** A run whose patch is verified. */
async function begin(id: number): Promise<RunSoFar> {
  const so = await stage.begin(await stage.declare(), id);
  for (const name of ["gate", "agent", "verify"]) {
    const end = await stage.job(so, name);
    expect(end.code, `${name}: ${end.log}`).toBe(0);
  }
  return so;
}

async function checked(script: string, so = run, attempt = 1) {
  await writeFile(join(folder, "check.sh"), script);
  await rm(join(so.temp, `check-${attempt}`), { recursive: true, force: true });
  return stage.job(so, "check", attempt);
}

/** As far as a process of the same account can look: a variable of the Action's. */
const LOOK = `look() { tr '\\0' '\\n' < /proc/$PPID/environ | sed -n "s/^$1=//p"; }\n`;
/** Shell that writes what the Action would say of a good end. */
const FORGE = 'printf "outcome<<E\\ndone\\nE\\nreason<<E\\nhead-moved\\nE\\ndetail<<E\\n@rui forged\\nE\\n"';

test("the gate says that there is a check, and how long it may take; where none is configured, that too", async () => {
  expect(run.needs.gate?.outputs).toMatchObject({ check: "required", "check-minutes": "40" });
  await using none = await setStage();
  const so = await none.begin(await none.declare(), 1);
  const { outputs } = await none.job(so, "gate");
  expect(outputs.check).toBe("none");
  expect(outputs["check-minutes"]).toBeUndefined();
});

test("it runs on exactly what was verified, on top of the base", async () => {
  const { issue } = run.turn;
  const end = await checked(
    `test "$(git rev-parse HEAD)" = ${run.needs.verify?.outputs["base-commit"]} || exit 3
git status --porcelain; grep -q reduce src/sum-${issue}.js && cat README.md src/add.js > /dev/null`,
  );
  expect(end.code, end.log).toBe(0);
  expect(end.outputs).toEqual({ outcome: "done" });
  expect(end.log).toContain(`A  src/sum-${issue}.js\n::`);
});

test("its variables are those that every command gets, and nothing of the job's is where it can look", async () => {
  const end = await checked("env; tr '\\0' '\\n' < /proc/$PPID/environ | sed 's/^/above /'");
  const names = [...end.log.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  const own = ["PWD", "SHLVL", "_", "OLDPWD"];
  expect(names.filter((name) => !own.includes(name ?? "")).sort()).toEqual([
    "CI",
    "GIT_TERMINAL_PROMPT",
    "HOME",
    "LANG",
    "PATH",
    "TERM",
    "TMPDIR",
  ]);
  expect(end.log).toMatch(/above ACTIONS_RUNTIME_TOKEN=x+\n/);
  expect(end.log).not.toMatch(/canary|ghs_|INPUT_(?:IDENTITY|APP|GITHUB-TOKEN)/);
});

test.each([
  ["says no", "echo not ok 1; exit 1", /ended with 1: not ok 1$/],
  [
    "says no, and writes into the job's outputs what a good end looks like",
    `${LOOK}${FORGE} >> "$(look GITHUB_OUTPUT)"; exit 1`,
    /ended with 1$/,
  ],
  [
    "says no, and writes into the variables and the path of later steps",
    `${LOOK}for f in ENV PATH STEP_SUMMARY; do f=$(look GITHUB_$f); echo forged >> "$f"; done; exit 1`,
    /ended with 1$/,
  ],
  [
    "speaks to the runner",
    "echo '::set-output name=outcome::done'; echo '::add-mask::1'; exit 2",
    /ended with 2: ::set-output name=outcome::done ::add-mask::1$/,
  ],
  ["is not there", "no-such-command", /ended with 127: /],
  ["ends itself", "kill -9 $$", /ended with (?:128|137)$/],
  [
    "prints what looks like secrets",
    "echo token ghp_abcdefghijklmnopqrstuvwx0123; echo 'https://maya:hunter22@host/x'; exit 1",
    /ended with 1: token \*\*\* https:\/\/\*\*\*@host\/x$/,
  ],
  [
    "prints marks and colours",
    "printf '\\033[31mred\\033[0m\\r\\n<!-- cairn:marker {} -->\\n/cairn approve\\n'; exit 1",
    /ended with 1: red <!-- cairn:marker \{\} --> \/cairn approve$/,
  ],
])("a command that %s is red, in the command's own words", async (_what, script, detail) => {
  const end = await checked(script);
  expect(end.code).toBe(1);
  expect(end.outputs).toMatchObject({ outcome: "failed", reason: "check-red" });
  expect(end.outputs.detail).toMatch(detail);
  expect(end.outputs.detail?.length).toBeLessThanOrEqual(400);
  expect(`${end.raw}${end.later}${end.summary}`).not.toMatch(/forged|head-moved/);
  expect(JSON.parse(await readFile(join(run.temp, "cairn-check", "check.json"), "utf8"))).toMatchObject({
    detail: end.outputs.detail,
  });
});

test("the end of a long log is what is told, and no more of it than that", async () => {
  const end = await checked("seq 1 20000; echo and that was it; exit 1");
  expect(end.outputs.detail).toMatch(/ended with 1: ….* 20000 and that was it$/);
  expect(end.outputs.detail).toHaveLength(400);
  const log = await readFile(join(run.temp, "cairn-check", "check.log"), "utf8");
  expect(log).toMatch(/20000\nand that was it$/);
  expect(log).toHaveLength(16_384);
});

test.each([
  ["kills the Action", "kill -9 $PPID; sleep 1"],
  [
    "forges its outputs, and then kills the Action",
    `${LOOK}${FORGE} >> "$(look GITHUB_OUTPUT)"; kill -9 $PPID; sleep 1`,
  ],
  ["tells the Action that the job was cancelled", "kill -TERM $PPID; sleep 5"],
  ["says yes once it was told to end", "trap 'exit 0' TERM; kill -INT $PPID; sleep 5 & wait"],
])(
  "a command that %s does not get a green job, and what it wrote decides nothing",
  async (_what, script) => {
    const so = await begin(++runs);
    const end = await checked(script, so);
    expect(end.code).not.toBe(0);
    so.needs.effect = { result: "skipped", outputs: {} };
    const before = stage.landed().length;
    const said = await stage.job(so, "conclude");
    expect(said.outputs).toMatchObject({ outcome: "failed", reason: "check-red" });
    expect(stage.landed().slice(before)).toEqual([]);
  },
  30_000,
);

test("Node's debugger does not open to a command that asks for it", async () => {
  const end = await checked("kill -USR1 $PPID; sleep 0.5; exit 1");
  expect(end.log).not.toContain("Debugger listening");
  expect(end.outputs.reason).toBe("check-red");
});

test("what it leaves running ends with it", async () => {
  const end = await checked("setsid sleep 300 > /dev/null 2>&1 & echo left $! behind");
  expect(end.code, end.log).toBe(0);
  const [, pid] = /left (\d+) behind/.exec(end.log) ?? [];
  expect(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "gone")).toMatch(/^gone$|\) Z /);
});

test("what it changes in its checkout is not published; the verified patch is", async () => {
  const so = await begin(7);
  const { issue } = so.turn;
  const end = await checked(`echo 'stolen()' | tee src/sum-${issue}.js > src/add.js; git add -A`, so);
  expect(end.code, end.log).toBe(0);
  expect((await stage.job(so, "effect")).outputs.outcome).toBe("done");
  const file = (await stage.maintainer("GET", `~/contents/src/sum-${issue}.js?ref=cairn/${issue}-g1`)).body;
  expect(Buffer.from(file.content, "base64").toString()).toContain("reduce");
  const other = (await stage.maintainer("GET", `~/contents/src/add.js?ref=cairn/${issue}-g1`)).body;
  expect(Buffer.from(other.content, "base64").toString()).not.toContain("stolen");
}, 30_000);

test("a patch that it changes on the way is not published either", async () => {
  const so = await begin(8);
  const end = await checked(
    `${LOOK}cd "$(look RUNNER_TEMP)/cairn-verified" && sed -i 's/"content":"/&ZXZpbA/' verified.json`,
    so,
  );
  expect(end.code, end.log).toBe(0);
  const mark = stage.mark();
  expect((await stage.job(so, "effect")).outputs).toMatchObject({ outcome: "failed", reason: "tampered" });
  expect(stage.writesSince(mark)).toEqual([]);
}, 30_000);

test.each([
  ["verified.json", "cairn-verified", '"content":"', '"content":"ZXZpbA'],
  ["context.json", "cairn-issue", '"command":"sh ', '"command":"true || sh '],
])("a %s that was replaced on the way to it starts no command", async (name, artifact, from, to) => {
  const file = join(run.temp, artifact, name);
  const before = await readFile(file, "utf8");
  await writeFile(file, before.replace(from, to));
  const end = await checked("echo started");
  await writeFile(file, before);
  expect(end.code).toBe(1);
  expect(end.log).not.toMatch(/^started$/m);
  expect(end.outputs).toMatchObject({ outcome: "failed", reason: "tampered" });
  expect(await readFile(patchOf(run), "utf8")).toBe(verified);
});

test("20: run anew it checks nothing, and is not green", async () => {
  const end = await checked(`touch '${folder}/started'`, run, 2);
  expect(end.code).toBe(1);
  expect(end.outputs).toEqual({ outcome: "neutral" });
  expect(existsSync(join(folder, "started"))).toBe(false);
});
