/** What the sandbox does not do fails the run and says so. */
import { expect, test } from "vitest";
import { flow, W } from "./flow.ts";
import { machine } from "./machine.ts";

test("what is not known fails the run and says so", async () => {
  await using m = await machine({
    ...flow(`
  one:
    runs-on: ubuntu-latest
    steps: [{ uses: docker://alpine }]
  two:
    runs-on: windows-latest
    steps: [{ run: echo no }]
  three:
    runs-on: ubuntu-latest
    steps: [{ uses: somebody/unknown@v1 }]
`),
    ".github/workflows/s.yml":
      "on: { workflow_dispatch: {} }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    services: { db: { image: postgres } }\n    steps: [{ run: echo no }]\n",
    ".github/workflows/c.yml":
      "on: { workflow_dispatch: {} }\njobs:\n  a:\n    runs-on: ubuntu-latest\n    container: alpine\n    steps: [{ run: echo no }]\n",
  });
  const { jobs, log } = await m.run(W);
  expect(jobs).toEqual({ one: "failure", two: "failure", three: "failure" });
  expect(log).toContain("container actions are not run here");
  expect(log).toContain("Unable to resolve action `somebody/unknown@v1`");
  const services = await m.run(".github/workflows/s.yml");
  expect(services.run.startupError).toContain(
    "'services' of job 'a' is not honoured by this sandbox: it has no containers",
  );
  const refused = await m.run(".github/workflows/c.yml");
  expect(refused.run.conclusion).toBe("startup_failure");
  expect(refused.run.startupError).toContain("'container' of job 'a' is not honoured");
});
