/**
 * What tokens may do. A called workflow keeps or lowers what its caller has; where it asks for more, GitHub does not
 * start the run: "The nested job 'x' is requesting 'y', but is only allowed 'z'" (docs: "Reusing workflow
 * configurations", access and permissions for nested workflows).
 */
import { calledBy, type Files, type Job, type Permissions, type Workflow, workflowOf } from "./files.ts";

const RANK = { none: 0, read: 1, write: 2 } as const;

type Levels = Readonly<Record<string, keyof typeof RANK>>;

export function permissions(files: Files, path: string): readonly string[] {
  const workflow = workflowOf(files, path);
  const jobs = Object.entries(workflow.jobs);
  const whole = [
    ["the workflow", workflow.permissions] as const,
    ...jobs.map(([name, job]) => [`job '${name}'`, job.permissions] as const),
  ];
  return [
    ...(workflow.permissions === undefined ? ["the workflow names no permissions at its top"] : []),
    ...whole.flatMap(([what, given]) =>
      typeof given === "string" ? [`${what} has ${given}: each permission is to be named`] : [],
    ),
    ...topProblems(workflow),
    ...jobs.flatMap(([name, job]) => callProblems(files, name, job, levels(job.permissions, workflow))),
  ];
}

/** A job's own, or the workflow's; what is not named is none. */
const levels = (own: Permissions | undefined, workflow: Workflow): Levels => {
  const given = own ?? workflow.permissions;
  return typeof given === "object" ? given : {};
};

/** At the top no more than a checkout needs, but for a file that does nothing itself and hands on what it has. */
function topProblems(workflow: Workflow): readonly string[] {
  const runs = Object.values(workflow.jobs).some((job) => job.uses === undefined);
  if (!runs) return [];
  return Object.entries(levels(undefined, workflow)).flatMap(([name, level]) =>
    level === "none" || (name === "contents" && level === "read")
      ? []
      : [`the workflow has '${name}: ${level}' at its top: each job that needs it names it`],
  );
}

function callProblems(files: Files, name: string, job: Job, granted: Levels): readonly string[] {
  const called = calledBy(files, job);
  if (called === undefined) return [];
  const workflow = workflowOf(files, called);
  const asked = Object.entries(workflow.jobs).map(
    ([key, inner]) => [key, levels(inner.permissions, workflow)] as const,
  );
  const beyond = asked.flatMap(([key, own]) =>
    Object.entries(own).flatMap(([permission, level]) =>
      RANK[level] > RANK[granted[permission] ?? "none"]
        ? [
            `job '${key}' of ${called} asks for '${permission}: ${level}', job '${name}' has '${granted[permission] ?? "none"}'`,
          ]
        : [],
    ),
  );
  const unused = Object.entries(granted).flatMap(([permission, level]) =>
    asked.some(([, own]) => RANK[own[permission] ?? "none"] >= RANK[level])
      ? []
      : [`job '${name}' hands on '${permission}: ${level}', which no job of ${called} asks for`],
  );
  return [...beyond, ...unused];
}
