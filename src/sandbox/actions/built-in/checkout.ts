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
  "submodules",
  "lfs",
  "set-safe-directory",
];

export const checkout: BuiltIn = {
  inputs: INPUTS,
  async run(context) {
    const { inputs, github, job } = context;
    const repository = inputs.repository || String(github.repository);
    const { workspace } = job.places;
    const target = join(workspace, inputs.path ?? "").replace(/\/+$/, "");
    if (target !== workspace && !target.startsWith(`${workspace}/`)) {
      throw new Error(`Repository path '${target}' is not under '${workspace}'`);
    }
    const own = repository === github.repository;
    if (inputs.lfs === "true") throw new Error("actions/checkout: the sandbox keeps no large files (lfs)");
    const asked = inputs.ref || (own ? "" : "HEAD");
    if (inputs.clean !== "false") await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    const server = String(github.server_url);
    const token = inputs.token || job.token;
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    const config = `http.${server}/.extraheader`;
    job.log.mask(header.split(" ").at(-1) ?? "");
    const depth = inputs["fetch-depth"] === "0" ? [] : [`--depth=${inputs["fetch-depth"] || "1"}`];
    await git(context, target, ["init", "-q", "-b", "main", "."]);
    await git(context, target, ["config", "remote.origin.url", `${server}/${repository}`]);
    await git(context, target, ["config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"]);
    const auth = ["-c", `${config}=${header}`, "-c", "protocol.version=2"];
    const ref = isName(asked) ? await wholeName(context, target, auth, asked) : asked;
    const wanted = refspec(ref, github, own, depth.length === 0);
    const tags = inputs["fetch-tags"] === "true" ? ["+refs/tags/*:refs/tags/*"] : [];
    const refs = [...new Set([...wanted.fetch, ...tags])];
    await git(context, target, [...auth, "fetch", "-q", "--no-tags", ...depth, "origin", ...refs]);
    await git(context, target, ["checkout", "-q", "--force", ...wanted.checkout]);
    if (inputs.submodules === "true" || inputs.submodules === "recursive") {
      const all = inputs.submodules === "recursive" ? ["--recursive"] : [];
      await git(context, target, [
        ...auth,
        "submodule",
        "update",
        "-q",
        "--init",
        "--force",
        ...depth,
        ...all,
      ]);
    }
    const keeps = (inputs["persist-credentials"] || "true") === "true";
    if (keeps) await git(context, target, ["config", "--local", config, header]);
    const commit = await git(context, target, ["rev-parse", "HEAD"]);
    return { commit: commit.trim(), ref: asked };
  },
};

/** A branch or a tag by its short name. */
const isName = (ref: string): boolean =>
  ref !== "" && ref !== "HEAD" && !ref.startsWith("refs/") && !/^[0-9a-f]{40}$/.test(ref);

/** The branch of that name, else the tag. Throws where there is neither. */
async function wholeName(
  context: BuiltInContext,
  target: string,
  auth: readonly string[],
  name: string,
): Promise<string> {
  const names = [`refs/heads/${name}`, `refs/tags/${name}`];
  const there = await git(context, target, [...auth, "ls-remote", "--refs", "origin", ...names]);
  const found = names.find((whole) => there.split("\n").some((line) => line.endsWith(`\t${whole}`)));
  if (found === undefined) throw new Error(`A branch or tag with the name '${name}' could not be found`);
  return found;
}

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
  if (ref.startsWith("refs/heads/")) {
    const branch = ref.slice("refs/heads/".length);
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
