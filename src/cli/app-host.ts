/** The app of a demo: the process that runs now, which can be killed and followed by another one. */
import { once } from "node:events";
import { type AppProcess, type AppProcessOptions, startAppProcess } from "./app-process.ts";

export interface AppHost {
  /** SIGKILL, whatever it is at; resolves when its successor serves. Throws `ExitError` 3 where that does not start. */
  replace(): Promise<void>;
  stop(): Promise<void>;
}

/** Throws `ExitError` 3. */
export async function startAppHost(options: AppProcessOptions): Promise<AppHost> {
  let current: AppProcess = await startAppProcess(options);
  return {
    async replace() {
      const { process } = current;
      const over = process.exitCode === null ? once(process, "exit") : undefined;
      process.kill("SIGKILL");
      await over;
      current = await startAppProcess(options);
    },
    stop: () => current.stop(),
  };
}
