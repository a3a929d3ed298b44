/** Clients from outside this repository's dependencies. Where one is not installed its tests fail, and say what to install. */
import { execFileSync } from "node:child_process";
import { describe, test } from "vitest";

/** Declares `tests` of a client that `probe` finds: a command that ends well where it is installed. */
export function describeClient(name: string, probe: readonly [string, ...string[]], tests: () => void): void {
  if (answers(probe)) {
    describe(name, tests);
    return;
  }
  test(`${name} is installed`, () => {
    throw new Error(
      `${name} is not installed: \`${probe.join(" ")}\` fails; README.md beside this file says what to install`,
    );
  });
}

function answers([command, ...args]: readonly [string, ...string[]]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false; // absent, or there and broken: of no use either way
  }
}
