import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "../../src/cli/free-port.ts";

const listenOn = (port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });

test("can be listened on, and is none of those that a system gives to whoever asks for any", async () => {
  for (let i = 0; i < 20; i += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    const server = await listenOn(port);
    await new Promise((resolve) => server.close(resolve));
  }
});

test("one in use is passed over; where all are, the system's error is thrown", async () => {
  const server = await listenOn(await freePort());
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : 0;
  const free = await freePort();
  expect(free).not.toBe(taken);
  const picks = [taken, taken, free];
  expect(await freePort(() => picks.shift() ?? 0)).toBe(free);
  await expect(freePort(() => taken)).rejects.toMatchObject({ code: "EADDRINUSE", port: taken });
  await new Promise((resolve) => server.close(resolve));
});
