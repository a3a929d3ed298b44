/** Agents of loops over HTTP. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An agent that works until it is told to end; two minutes at most, whatever becomes of the test. */
export async function patientAgent(): Promise<{ command: string; end: () => Promise<void> }> {
  const file = join(await mkdtemp(join(tmpdir(), "cairn-agent-")), "end");
  return {
    command: `for i in $(seq 1200); do [ -e ${file} ] && break; sleep 0.1; done; echo more >> README.md`,
    end: () => writeFile(file, ""),
  };
}
