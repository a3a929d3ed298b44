/** `actions/setup-python`: a CPython of the machine that fits, put in front as `python`. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BuiltIn, BuiltInContext } from "./port.ts";
import { useToolCache } from "./tool-cache.ts";
import { ask, checkMachine, findTool, putInFront } from "./tools.ts";
import { pythonVersionsIn, versionFile } from "./version-files.ts";
import { parseVersion, satisfies } from "./versions.ts";

const ACTION = "actions/setup-python";

const FACTS =
  "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.version_info[3]); print(sys.executable); print(sys.base_prefix)";

export const setupPython: BuiltIn = {
  inputs: [
    "python-version",
    "python-version-file",
    "architecture",
    "check-latest",
    "token",
    "cache",
    "cache-dependency-path",
    "update-environment",
    "allow-prereleases",
  ],
  async run(context) {
    const { inputs } = context;
    checkMachine(ACTION, context);
    const all = await askedVersions(context);
    let outputs: Record<string, string> = {};
    // The last one is the default, as each is put in front of those before it.
    for (const asked of all.length > 0 ? all : [""]) outputs = await setUp(context, asked);
    if (!inputs.cache) return outputs;
    return { ...outputs, ...(await cacheOutputs(context, inputs.cache, outputs)) };
  },
};

async function askedVersions({ inputs, job }: BuiltInContext): Promise<readonly string[]> {
  const { workspace } = job.places;
  const { "python-version": version = "", "python-version-file": file } = inputs;
  const given = version
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (given.length > 0) return given;
  const path = file || (existsSync(join(workspace, ".python-version")) ? ".python-version" : undefined);
  if (path === undefined) {
    job.log.warning(
      "The `python-version` input is not set.  The version of Python currently in `PATH` will be used.",
    );
    return [];
  }
  const found = pythonVersionsIn(path, await versionFile(workspace, "python", path));
  if (found.length === 0) throw new Error(`${ACTION}: ${path} names no version of Python`);
  return found;
}

/** A pre-release tells no version: it fits nothing. */
async function pythonVersion(context: BuiltInContext, path: string): Promise<string | undefined> {
  const [version = "", level] = (await ask(context, path, ["-c", FACTS]))?.split("\n")[0]?.split(" ") ?? [];
  return level === "final" ? version : undefined;
}

async function setUp(context: BuiltInContext, asked: string): Promise<Record<string, string>> {
  const { inputs, job } = context;
  if (/^(?:pypy|graalpy)/.test(asked) || /\dt(?:-dev)?$/.test(asked)) {
    throw new Error(`${ACTION}: ${asked} was asked; the sandbox knows the releases of CPython alone`);
  }
  const named = asked.match(/\b3\.\d+/g) ?? [];
  const tool = await findTool(context, {
    action: ACTION,
    asked: `Python ${asked}`.trim(),
    names: [...named.map((minor) => `python${minor}`), "python3", "python"],
    versionOf: (path) => pythonVersion(context, path),
    fits: (version) => fits(version, asked),
  });
  const [, executable = tool.path, prefix = ""] =
    (await ask(context, tool.path, ["-c", FACTS]))?.split("\n") ?? [];
  const [major, minor] = parseVersion(tool.version) ?? [];
  const folder = await putInFront(context, `Python/${tool.version}`, {
    python: [executable],
    [`python${major}`]: [executable],
    [`python${major}.${minor}`]: [executable],
    pip: [executable, "-m", "pip"],
    [`pip${major}`]: [executable, "-m", "pip"],
  });
  if (inputs["update-environment"] !== "false") {
    for (const name of ["pythonLocation", "Python_ROOT_DIR", "Python2_ROOT_DIR", "Python3_ROOT_DIR"]) {
      context.setVariable(name, prefix);
    }
  }
  job.log.say(`Successfully set up CPython (${tool.version})`);
  return { "python-version": tool.version, "python-path": join(folder, "python") };
}

function fits(version: string, asked: string): boolean {
  try {
    return asked === "" || satisfies(version, asked);
  } catch (error) {
    throw new Error(`${ACTION}: python-version ${asked}: ${(error as Error).message}`, { cause: error });
  }
}

async function cacheOutputs(
  context: BuiltInContext,
  manager: string,
  outputs: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  if (manager !== "pip") throw new Error(`${ACTION}: the sandbox caches for pip, not for ${manager}`);
  const folder = await ask(context, outputs["python-path"] ?? "python", ["-m", "pip", "cache", "dir"]);
  if (!folder) throw new Error("Could not get cache folder path for pip package manager");
  const files = (context.inputs["cache-dependency-path"] || "**/requirements.txt\n**/pyproject.toml").split(
    "\n",
  );
  const front = `setup-python-Linux-${process.arch}-python-${outputs["python-version"]}-pip`;
  const { matched } = await useToolCache(context, {
    paths: [folder],
    front,
    files,
    restoreKeys: [front],
    missing: `No file in ${context.job.places.workspace} matched to [${files.join(" or ")}], make sure you have checked out the target repository`,
  });
  return { "cache-hit": String(matched !== undefined) };
}
