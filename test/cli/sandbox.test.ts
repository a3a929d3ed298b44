/** `cairn sandbox` with conditions of its own: clock, lag and limits, as flags and under control. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

test("--clock virtual, --lag and --limits hold from the first request on, and can be changed while it runs", async () => {
  const flags = ["--clock", "virtual", "--lag", "1m", "--limits", "content=2/h,status=429"];
  const sandbox = spawn(process.execPath, [MAIN, "sandbox", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(sandbox.stdout.setEncoding("utf8"), "data")) as [string];
    const { url, control, repository, tokens } = JSON.parse(line);
    const ask = async (method: string, address: string, body?: unknown) => {
      const headers = { authorization: `token ${tokens.maintainer}`, "user-agent": "test" };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(address, { method, headers, ...sent });
      return { status: response.status, body: await response.json() };
    };
    const issues = `${url}/repos/${repository}/issues`;
    // What the sandbox was set up with does not lag behind itself.
    expect((await ask("GET", issues)).body).toEqual([]);
    expect((await ask("POST", issues, { title: "first" })).status).toBe(201);
    expect((await ask("GET", issues)).body).toEqual([]);
    await ask("POST", `${control}/clock`, { advance: 60_000 });
    expect((await ask("GET", issues)).body).toHaveLength(1);
    expect((await ask("POST", issues, { title: "second" })).status).toBe(201);
    expect((await ask("POST", issues, { title: "third" })).status).toBe(429);
    await ask("POST", `${control}/limits`, { limits: "github" });
    await ask("POST", `${control}/lag`, { lag: "off" });
    expect((await ask("POST", issues, { title: "third" })).status).toBe(201);
    expect((await ask("GET", issues)).body).toHaveLength(3);
    const help = (await ask("GET", control)).body.commands.map(({ command }: { command: string }) => command);
    expect(help).toEqual(expect.arrayContaining(["POST /_sandbox/lag", "POST /_sandbox/limits"]));
  } finally {
    sandbox.kill("SIGTERM");
  }
  expect((await once(sandbox, "exit"))[0]).toBe(0);
});
