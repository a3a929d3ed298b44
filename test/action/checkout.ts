/** Real git repositories in temporary folders, as `actions/checkout` leaves them. */
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { applyAndJudge, setAside, takePatch } from "../../action/patch.ts";
import { DEFAULTS } from "../../src/policy/config/index.ts";

const run = promisify(execFile);

export interface Checkout extends AsyncDisposable {
  /** Temporary folder around it all. */
  readonly temp: string;
  /** The work tree. */
  readonly path: string;
  /** The commit that is checked out. */
  readonly commit: string;
  write(path: string, content: string | Buffer): Promise<void>;
  executable(path: string): Promise<void>;
  link(path: string, target: string): Promise<void>;
  remove(path: string): Promise<void>;
  git(...args: readonly string[]): Promise<string>;
}

export type Files = Readonly<Record<string, string | Buffer>>;

const PERSON = ["-c", "user.name=Maya", "-c", "user.email=maya@example.com", "-c", "commit.gpgsign=false"];

export async function checkout(files: Files): Promise<Checkout> {
  const temp = await mkdtemp(join(tmpdir(), "cairn-action-"));
  const path = join(temp, "work tree");
  await mkdir(path);
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run("git", ["-C", path, ...PERSON, ...args], { maxBuffer: 32 * 1024 * 1024 });
    return stdout.trim();
  };
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  };
  await git("init", "-q", "-b", "main");
  for (const [name, content] of Object.entries(files)) await write(name, content);
  await git("add", "--all");
  await git("commit", "-q", "--allow-empty", "-m", "Start");
  return {
    temp,
    path,
    commit: await git("rev-parse", "HEAD"),
    git,
    write,
    executable: (name) => chmod(join(path, name), 0o755),
    async link(name, target) {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await symlink(target, join(path, name));
    },
    remove: (name) => rm(join(path, name), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(temp, { recursive: true, force: true }),
  };
}

export const RULES = { reservedPaths: [], limits: DEFAULTS.limits } as const;

/**
 * The whole way of a patch: `change` plays the agent in one checkout; what it left is verified in another, on
 * `meanwhile`'s commit where there is one.
 */
export async function throughVerify(
  files: Files,
  change: (agent: Checkout) => Promise<unknown>,
  options: { rules?: Parameters<typeof applyAndJudge>[2]; meanwhile?: Files } = {},
) {
  await using agent = await checkout(files);
  await using trusted = await fresh(agent);
  const tree = await setAside(agent.path, agent.temp);
  await change(agent);
  const patch = await takePatch(tree, agent.commit, options.rules ?? RULES);
  for (const [name, content] of Object.entries(options.meanwhile ?? {})) await trusted.write(name, content);
  if (options.meanwhile) await trusted.git("commit", "-q", "-a", "-m", "Meanwhile");
  // Awaited here: the checkouts go away with this function.
  return await verifyIn(trusted, patch, options.rules);
}

/** Verifies a patch in a checkout that no agent has seen. */
export function verifyIn(
  trusted: Checkout,
  patch: Buffer,
  rules: Parameters<typeof applyAndJudge>[2] = RULES,
) {
  const tree = {
    gitDir: join(trusted.path, ".git"),
    workTree: trusted.path,
    indexFile: join(trusted.temp, "verify-index"),
  };
  return applyAndJudge(tree, patch, rules);
}

/** The same commit in another place. */
async function fresh(of: Checkout): Promise<Checkout> {
  const copy = await checkout({});
  await rm(copy.path, { recursive: true });
  await cp(of.path, copy.path, { recursive: true });
  return copy;
}
