/**
 * `gh` against a sandbox. It speaks HTTPS to `HOST/api/v3` unless `http_unix_socket` is set: then everything, whatever its
 * host and scheme, goes in plain HTTP through that socket, behind which the sandbox stands here. Nothing is resolved.
 */
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { makeScratch } from "../sandbox/git-machine.ts";
import { type Outcome, run } from "./run.ts";

/** `sandbox.test` is a GitHub Enterprise Server, as far as `gh` can tell: its API is below `/api/v3`. */
export type Host = "sandbox.test" | "github.com";

export interface GhMachine extends AsyncDisposable {
  /** Home of `gh`; goes away with the machine. */
  readonly directory: string;
  /** Runs `gh` with a token, for `acme/tools` where no repository is named. */
  gh(token: string, ...args: readonly string[]): Promise<Outcome>;
  /** Standard output of what must succeed. */
  ok(token: string, ...args: readonly string[]): Promise<string>;
}

export async function ghMachine(sandboxUrl: string, host: Host = "sandbox.test"): Promise<GhMachine> {
  const scratch = await makeScratch();
  const socket = join(scratch.path, "sandbox.sock");
  const port = Number(new URL(sandboxUrl).port);
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  server.listen(socket);
  await once(server, "listening");
  const config = join(scratch.path, "config");
  await mkdir(config);
  await writeFile(join(config, "config.yml"), `http_unix_socket: ${socket}\n`);

  const gh: GhMachine["gh"] = (token, ...args) => {
    const env = {
      GH_CONFIG_DIR: config,
      GH_HOST: host,
      [host === "github.com" ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN"]: token,
      GH_REPO: `${host}/acme/tools`,
      GH_NO_UPDATE_NOTIFIER: "1",
      GH_PROMPT_DISABLED: "1",
      NO_COLOR: "1",
    };
    return run(scratch.path, env, "gh", ...args);
  };
  return {
    directory: scratch.path,
    gh,
    async ok(token, ...args) {
      const { code, stdout, stderr } = await gh(token, ...args);
      if (code !== 0) throw new Error(`gh ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await scratch.remove();
    },
  };
}
