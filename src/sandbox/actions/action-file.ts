/** What a `uses` names: found, put on disk, and read (`action.yml`), or refused with a word that says why. */
import { access, chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isMapping, isSequence, NoOperationTraceWriter, parseAction, type TemplateToken } from "./library.ts";
import { resolveRef, type Source } from "./load.ts";
import type { Origin } from "./origin.ts";
import type { ActionsHost, ActionsRepository } from "./port.ts";
import { entries, field, literal, text, WorkflowError } from "./tokens.ts";
import { libraryFolder, parseUses } from "./uses-name.ts";
import { readStep, refusedInStep, type StepDefinition } from "./workflow-file.ts";

export interface ActionInput {
  readonly name: string;
  readonly required: boolean;
  readonly default: TemplateToken | undefined;
}

export type ActionRuns =
  | {
      readonly kind: "node";
      readonly main: string;
      readonly pre: string | undefined;
      readonly post: string | undefined;
      readonly preIf: string | undefined;
      readonly postIf: string | undefined;
    }
  | {
      readonly kind: "composite";
      readonly steps: readonly StepDefinition[];
      readonly outputs: readonly (readonly [string, TemplateToken])[];
    };

export interface Action {
  readonly name: string;
  /** Where the action's files are. */
  readonly directory: string;
  /** Where `$/…` inside the action points; `undefined` for one from the workspace. */
  readonly origin: Origin | undefined;
  /** `owner/name` and what stood behind the `@`; empty for an action of the workflow's own repository. */
  readonly repository: string;
  readonly ref: string;
  readonly inputs: readonly ActionInput[];
  readonly runs: ActionRuns;
}

export interface ActionPlace {
  readonly host: ActionsHost;
  readonly workspace: string;
  /** Where actions of other repositories are put, one folder for each commit. */
  readonly cache: string;
  /** Folder with more actions, as `owner/name[/path]`. */
  readonly library: string | undefined;
  readonly by: ActionsRepository;
  /** The file that the `uses` stands in. */
  readonly within: Origin;
}

/** Throws `WorkflowError` where there is no such action, or where it is of a kind that is not run here. */
export async function loadAction(uses: string, place: ActionPlace): Promise<Action> {
  if (uses.startsWith("docker://")) throw new WorkflowError(`'${uses}': container actions are not run here`);
  if (uses.startsWith("./")) return readAction(uses, join(place.workspace, uses), OWN);
  if (uses.startsWith("$/")) {
    const top =
      place.within.kind === "folder" ? place.within.top : await materialise(place, place.within.source);
    return readAction(uses, join(top, uses.slice(2)), { ...OWN, origin: place.within });
  }
  const named = parseUses(uses);
  if (!named) throw new WorkflowError(`'${uses}' names no action: owner/repository/path@ref is expected`);
  const { owner, name, path, ref } = named;
  const known = { repository: `${owner}/${name}`, ref };
  const top = await libraryFolder(place.library, named);
  if (top !== undefined) {
    return readAction(uses, join(top, path), { ...known, origin: { kind: "folder", top } });
  }
  const repository = place.host.findRepository(owner, name, place.by);
  const resolved = repository && (await resolveRef(repository, ref));
  if (!repository || !resolved) {
    throw new WorkflowError(
      `Unable to resolve action \`${uses}\`, repository or ref not found in this sandbox. Start it with --actions DIR and put the action into DIR/${owner}/${name}${path}.`,
    );
  }
  const source = { repository, ...resolved };
  const origin: Origin = { kind: "commit", source };
  return readAction(uses, join(await materialise(place, source), path), { ...known, origin });
}

type Whence = Pick<Action, "origin" | "repository" | "ref">;

const OWN: Whence = { origin: undefined, repository: "", ref: "" };

/** The tree of a commit as files, made once. */
async function materialise(place: ActionPlace, source: Source): Promise<string> {
  const folder = join(place.cache, String(source.repository.id), source.sha);
  const key = folder;
  const running = under.get(key);
  if (running) return running;
  const made = write(folder, source);
  under.set(key, made);
  made.catch(() => under.delete(key));
  return made;
}

const under = new Map<string, Promise<string>>();

async function write(folder: string, source: Source): Promise<string> {
  const { store } = source.repository;
  const commit = await store.readCommit(source.sha);
  const tree = commit && (await store.readTree(commit.tree, { recursive: true }));
  if (!tree) throw new WorkflowError(`commit ${source.sha} of ${source.repository.name} cannot be read`);
  for (const entry of tree) {
    if (entry.type !== "blob") continue;
    const path = join(folder, entry.path);
    const content = await store.readBlob(entry.sha);
    if (!content) throw new WorkflowError(`${entry.path} at ${source.sha} cannot be read`);
    await mkdir(dirname(path), { recursive: true });
    if (entry.mode === "120000") await symlink(content.toString("utf8"), path);
    else await writeFile(path, content);
    if (entry.mode === "100755") await chmod(path, 0o755);
  }
  return folder;
}

async function readAction(uses: string, directory: string, whence: Whence): Promise<Action> {
  const [file, content] = await manifest(uses, directory);
  const parsed = parseAction({ name: file, content }, new NoOperationTraceWriter());
  const errors = parsed.context.errors.getErrors().map((error) => error.message);
  if (!parsed.value || errors.length > 0) {
    throw new WorkflowError(`${uses}: ${errors.join("\n") || "the action file is empty"}`);
  }
  const root = parsed.value;
  return {
    name: text(field(root, "name")) ?? uses,
    directory,
    ...whence,
    inputs: entries(field(root, "inputs")).map(([name, input]) => ({
      name,
      required: text(field(input, "required")) === "true",
      default: field(input, "default"),
    })),
    runs: readRuns(uses, root),
  };
}

async function manifest(uses: string, directory: string): Promise<readonly [string, string]> {
  for (const name of ["action.yml", "action.yaml"]) {
    const path = join(directory, name);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return [name, await readFile(path, "utf8")];
  }
  throw new WorkflowError(
    `Can't find 'action.yml' or 'action.yaml' for '${uses}'. Did you forget to run actions/checkout before running your local action?`,
  );
}

function readRuns(uses: string, root: TemplateToken): ActionRuns {
  const runs = field(root, "runs");
  const using = text(field(runs, "using"));
  switch (using) {
    // GitHub runs actions that name an older Node.js on the newest.
    case "node12":
    case "node16":
    case "node20":
    case "node24":
      return {
        kind: "node",
        main: text(field(runs, "main")) ?? "",
        pre: text(field(runs, "pre")),
        post: text(field(runs, "post")),
        preIf: conditionOf(field(runs, "pre-if")),
        postIf: conditionOf(field(runs, "post-if")),
      };
    case "composite": {
      const steps = field(runs, "steps");
      for (const step of steps && isSequence(steps) ? steps : []) {
        const refused = refusedInStep(step);
        if (refused) throw new WorkflowError(`${uses}: ${refused}`);
      }
      return {
        kind: "composite",
        steps: steps && isSequence(steps) ? [...steps].map((step) => readStep(step)) : [],
        outputs: entries(field(root, "outputs")).flatMap(([name, output]) => {
          const value = isMapping(output) ? field(output, "value") : undefined;
          return value ? [[name, value] as const] : [];
        }),
      };
    }
    default:
      throw new WorkflowError(
        `${uses}: actions that use '${using}' are not run here; those of Node.js and composite ones are`,
      );
  }
}

const conditionOf = (token: TemplateToken | undefined): string | undefined =>
  token === undefined ? undefined : String(literal(token));
