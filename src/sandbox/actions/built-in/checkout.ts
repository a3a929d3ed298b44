/** `actions/checkout`: a real fetch over HTTP with the job's token. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { startProcess } from "../steps/process.ts";
import type { BuiltIn, BuiltInContext } from "./port.ts";

const INPUTS = [
  "repository",
  "ref",
  "token",
  "path",
  "persist-credentials",
  "fetch-depth",
  "clean",
  "fetch-tags",
  "show-progress",
];

export const checkout: BuiltIn = {
  inputs: INPUTS,
  async run(context) {
    const { inputs, github, job } = context;
    const repository = inputs.repository || String(github.repository);
    const target = join(job.places.workspace, inputs.path ?? "");
    const own = repository === github.repository;
    const ref = inputs.ref || (own ? "" : "HEAD");
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    const server = String(github.server_url);
    const token = inputs.token || job.token;
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    const config = `http.${server}/.extraheader`;
    job.log.mask(header.split(" ").at(-1) ?? "");
    const depth = inputs["fetch-depth"] === "0" ? [] : [`--depth=${inputs["fetch-depth"] || "1"}`];
    await git(context, target, ["init", "-q", "-b", "main", "."]);
    await git(context, target, ["remote", "add", "origin", `${server}/${repository}`]);
    const wanted = refspec(ref, github, own, depth.length === 0);
    const auth = ["-c", `${config}=${header}`, "-c", "protocol.version=2"];
    await git(context, target, [...auth, "fetch", "-q", "--no-tags", ...depth, "origin", ...wanted.fetch]);
    await git(context, target, ["checkout", "-q", "--force", ...wanted.checkout]);
    const keeps = (inputs["persist-credentials"] || "true") === "true";
    if (keeps) await git(context, target, ["config", "--local", config, header]);
    const commit = await git(context, target, ["rev-parse", "HEAD"]);
    return { commit: commit.trim(), ref };
  },
};

interface Wanted {
  readonly fetch: readonly string[];
  readonly checkout: readonly string[];
}

function refspec(
  ref: string,
  github: Readonly<Record<string, unknown>>,
  own: boolean,
  whole: boolean,
): Wanted {
  const all = whole ? ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"] : [];
  if (ref === "" && own) {
    const name = String(github.ref);
    const sha = String(github.sha);
    if (name.startsWith("refs/heads/")) {
      const branch = name.slice("refs/heads/".length);
      return {
        fetch: [...all, `+${sha}:refs/remotes/origin/${branch}`],
        checkout: ["-B", branch, `refs/remotes/origin/${branch}`],
      };
    }
    const local = name.startsWith("refs/pull/")
      ? `refs/remotes/pull/${name.slice("refs/pull/".length)}`
      : name;
    return { fetch: [...all, `+${sha}:${local}`], checkout: ["--detach", local] };
  }
  if (/^[0-9a-f]{40}$/.test(ref)) return { fetch: [...all, ref], checkout: ["--detach", ref] };
  if (ref === "HEAD") return { fetch: [...all, "HEAD"], checkout: ["--detach", "FETCH_HEAD"] };
  if (ref.startsWith("refs/heads/") || !ref.startsWith("refs/")) {
    const branch = ref.replace(/^refs\/heads\//, "");
    return {
      fetch: [...all, `+refs/heads/${branch}:refs/remotes/origin/${branch}`],
      checkout: ["-B", branch, `refs/remotes/origin/${branch}`],
    };
  }
  return { fetch: [...all, `+${ref}:${ref}`], checkout: ["--detach", ref] };
}

/** One git command in the workspace. Throws with git's words where it fails. */
async function git(context: BuiltInContext, cwd: string, args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const running = startProcess({
    command: "git",
    args,
    cwd,
    env: {
      PATH: process.env.PATH ?? "/usr/bin:/bin",
      HOME: context.job.places.home,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      LANG: "C.UTF-8",
    },
    onLine: (line) => lines.push(line),
  });
  context.started(running);
  const code = await running.done;
  if (code === 0) return lines.join("\n");
  throw new Error(
    `git ${args.find((arg) => !arg.startsWith("-") && !arg.includes("=")) ?? ""} failed (${code}): ${lines.join("; ")}`,
  );
}
