/** `actions/setup-node`: a Node.js of the machine that fits, put in front. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { configureRegistry } from "./npmrc.ts";
import type { BuiltIn, BuiltInContext } from "./port.ts";
import { useToolCache } from "./tool-cache.ts";
import { ask, checkMachine, findTool, putInFront, type Tool } from "./tools.ts";
import { nodeVersionIn, versionFile } from "./version-files.ts";
import { parseVersion, satisfies } from "./versions.ts";

const ACTION = "actions/setup-node";

/** Lines with long-term support that have a name (nodejs.org, "Previous releases"). */
const LTS_NAMES: Readonly<Record<string, number>> = {
  argon: 4,
  boron: 6,
  carbon: 8,
  dubnium: 10,
  erbium: 12,
  fermium: 14,
  gallium: 16,
  hydrogen: 18,
  iron: 20,
  jod: 22,
  krypton: 24,
};

export const setupNode: BuiltIn = {
  inputs: [
    "node-version",
    "node-version-file",
    "architecture",
    "check-latest",
    "token",
    "registry-url",
    "scope",
    "cache",
    "cache-dependency-path",
    "package-manager-cache",
  ],
  async run(context) {
    const { inputs, job } = context;
    checkMachine(ACTION, context);
    const asked = await askedVersion(context);
    const tool = await findTool(context, {
      action: ACTION,
      asked: asked === "" ? "Node.js" : `Node.js ${asked}`,
      names: ["node"],
      versionOf: (path) => nodeVersion(context, path),
      fits: (version) => fits(version, asked),
    });
    await inFront(context, tool);
    if (isNewest(asked)) {
      job.log.warning(
        `${ACTION}: ${asked} is taken as ${tool.version}: whether it is the newest cannot be told here.`,
      );
    }
    job.log.say(`node: v${tool.version}`);
    if (inputs["registry-url"]) await configureRegistry(context, inputs["registry-url"]);
    const manager = inputs.cache || (await managerOfPackage(context));
    return { "node-version": `v${tool.version}`, ...(manager ? await cacheOutputs(context, manager) : {}) };
  },
};

async function askedVersion({ inputs, job }: BuiltInContext): Promise<string> {
  const { "node-version": version, "node-version-file": file } = inputs;
  if (version && file) {
    job.log.warning(
      "Both node-version and node-version-file inputs are specified, only node-version will be used",
    );
  }
  if (version) return version.trim();
  if (!file) return "";
  const found = nodeVersionIn(file, await versionFile(job.places.workspace, "node", file));
  if (found === undefined) throw new Error(`${ACTION}: ${file} names no version of Node.js`);
  job.log.say(`Resolved ${file} as ${found}`);
  return found;
}

async function nodeVersion(context: BuiltInContext, path: string): Promise<string | undefined> {
  const text = await ask(context, path, ["--version"]);
  return text !== undefined && parseVersion(text) ? text.replace(/^v/, "") : undefined;
}

const isNewest = (asked: string): boolean => /^(?:latest|node|current|lts\/(?:\*|-\d+))$/i.test(asked);

/** An even major is a line with long-term support. Throws where the word is not known. */
function fits(version: string, asked: string): boolean {
  const [major = 0] = parseVersion(version) ?? [];
  const word = asked.toLowerCase();
  if (["", "latest", "node", "current"].includes(word)) return true;
  if (/^lts\/(?:\*|-\d+)$/.test(word)) return major >= 4 && major % 2 === 0;
  const line = /^lts\/(.+)$/.exec(word)?.[1];
  if (line !== undefined) return LTS_NAMES[line] === major;
  try {
    return satisfies(version, asked);
  } catch (error) {
    throw new Error(`${ACTION}: node-version ${asked}: ${(error as Error).message}`, { cause: error });
  }
}

async function inFront(context: BuiltInContext, tool: Tool): Promise<void> {
  const beside = ["node", "npm", "npx", "corepack"].map(
    (name) => [name, join(dirname(tool.path), name)] as const,
  );
  const commands = beside
    .filter(([, path]) => existsSync(path))
    .map(([name, path]) => [name, [path]] as const);
  await putInFront(context, `node/${tool.version}`, Object.fromEntries(commands));
}

/** npm is cached by itself where `package.json` names it as the package manager. */
async function managerOfPackage({ inputs, job }: BuiltInContext): Promise<string | undefined> {
  const path = join(job.places.workspace, "package.json");
  if (inputs["package-manager-cache"] === "false" || !existsSync(path)) return undefined;
  const manifest = JSON.parse(await readFile(path, "utf8")) as {
    packageManager?: string;
    devEngines?: { packageManager?: { name?: string } | { name?: string }[] };
  };
  const names = [
    manifest.packageManager,
    ...[manifest.devEngines?.packageManager ?? []].flat().map(({ name }) => name),
  ];
  return names.some((name) => /^\^?npm(?:@.*)?$/.test(name ?? "")) ? "npm" : undefined;
}

interface Manager {
  readonly locks: readonly string[];
  readonly folder: readonly string[];
}

const MANAGERS: Readonly<Record<string, Manager>> = {
  npm: {
    locks: ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock"],
    folder: ["npm", "config", "get", "cache"],
  },
  pnpm: { locks: ["pnpm-lock.yaml"], folder: ["pnpm", "store", "path", "--silent"] },
  yarn: { locks: ["yarn.lock"], folder: ["yarn", "cache", "dir"] },
};

async function cacheOutputs(context: BuiltInContext, name: string): Promise<Record<string, string>> {
  const manager = MANAGERS[name];
  if (!manager) throw new Error(`Caching for '${name}' is not supported`);
  const { workspace } = context.job.places;
  const given = context.inputs["cache-dependency-path"];
  const lock = manager.locks.find((file) => existsSync(join(workspace, file)));
  const missing = given
    ? "Some specified paths were not resolved, unable to cache dependencies."
    : `Dependencies lock file is not found in ${workspace}. Supported file patterns: ${manager.locks.join(",")}`;
  const [command = "", ...args] = manager.folder;
  const folder = await ask(context, command, args);
  if (!folder) throw new Error(`Could not get cache folder path for ${name}`);
  const { key, matched } = await useToolCache(context, {
    paths: [folder],
    front: `node-cache-Linux-${process.arch}-${name}`,
    files: given ? given.split("\n") : [lock ?? ""],
    restoreKeys: [],
    missing,
  });
  return {
    "cache-primary-key": key,
    "cache-hit": String(matched !== undefined),
    ...(matched === undefined ? {} : { "cache-matched-key": matched }),
  };
}
