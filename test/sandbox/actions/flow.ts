/** A workflow file for one purpose. */

export const W = ".github/workflows/w.yml";

/** Files of a repository with one workflow, started by hand; `head` stands above its jobs. */
export const flow = (jobs: string, head = ""): Record<string, string> => ({
  [W]: `name: w\non:\n  workflow_dispatch:\n    inputs:\n      word: { type: string, default: hello }\n${head}jobs:\n${jobs}`,
});

/** One job `a` with these steps, written at the margin. */
export const steps = (text: string, head = ""): Record<string, string> => {
  const lines = text.trim().split("\n");
  return flow(
    `  a:\n    runs-on: ubuntu-latest\n    steps:\n${lines.map((line) => `      ${line}\n`).join("")}`,
    head,
  );
};
