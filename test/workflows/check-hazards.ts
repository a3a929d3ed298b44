/** What GitHub's guide "Security hardening for GitHub Actions" warns of, kept out altogether. */
import { type Files, isLocal, type Step, stepsOf, triggersOf, workflowOf } from "./files.ts";

/** Runs with the base's rights on what anybody sends. */
const TRIGGERS = ["pull_request_target"];

export function triggers(files: Files, path: string): readonly string[] {
  const found = Object.keys(triggersOf(workflowOf(files, path)));
  return found.filter((name) => TRIGGERS.includes(name)).map((name) => `it is triggered by ${name}`);
}

/** An expression's value becomes part of the program before any shell can quote it. */
export function programs(files: Files, path: string): readonly string[] {
  return stepsOf(workflowOf(files, path)).flatMap(({ name, step }) => {
    const texts = [
      ["run", step.run],
      ["script", step.with?.script],
    ] as const;
    return texts.flatMap(([what, text]) =>
      String(text ?? "").includes("${{")
        ? [`job '${name}' has an expression in '${what}': it goes through 'env'`]
        : [],
    );
  });
}

export function secrets(files: Files, path: string): readonly string[] {
  return Object.entries(workflowOf(files, path).jobs).flatMap(([name, { secrets }]) => {
    if (secrets === undefined) return [];
    return secrets === "inherit"
      ? [`job '${name}' hands on all secrets`]
      : Object.keys(secrets).map((secret) => `job '${name}' hands on the secret '${secret}'`);
  });
}

export function foreignActions(files: Files, path: string): readonly string[] {
  return stepsOf(workflowOf(files, path)).flatMap(({ name, step }) => {
    if (step.uses === undefined || isLocal(step) || step.uses.startsWith("actions/")) return [];
    return [`job '${name}' uses ${step.uses}, which is neither GitHub's nor ours`];
  });
}

/** Of a job that calls a workflow, GitHub takes no time-out. */
export function timeouts(files: Files, path: string): readonly string[] {
  return Object.entries(workflowOf(files, path).jobs).flatMap(([name, job]) =>
    job.uses === undefined && job["timeout-minutes"] === undefined
      ? [`job '${name}' has no timeout-minutes`]
      : [],
  );
}

export function credentials(files: Files, path: string): readonly string[] {
  const keeps = ({ uses = "", with: given }: Step) =>
    uses.startsWith("actions/checkout@") && given?.["persist-credentials"] !== false;
  return stepsOf(workflowOf(files, path)).flatMap(({ name, step }) =>
    keeps(step) ? [`job '${name}' leaves its token in the checkout`] : [],
  );
}
