/**
 * Clients from outside this repository's dependencies. Where one is not installed its tests are skipped, and say so;
 * with `REQUIRE_CLIENTS=1`, as CI sets it, they fail instead.
 */
import { execFileSync } from "node:child_process";
import { describe, test } from "vitest";

/** Declares `tests` of a client that `probe` finds: a command that ends well where it is installed. */
export function describeClient(name: string, probe: readonly [string, ...string[]], tests: () => void): void {
  if (answers(probe)) {
    describe(name, tests);
    return;
  }
  const missing = `${name} is not installed: \`${probe.join(" ")}\` fails`;
  if (process.env.REQUIRE_CLIENTS === "1") {
    test(`${name} is installed`, () => {
      throw new Error(missing);
    });
    return;
  }
  console.warn(`skipped: ${missing}`);
  describe.skip(missing, tests);
}

function answers([command, ...args]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false; // absent, or there and broken: of no use either way
  }
}
