/** `actions/setup-go`: a Go of the machine that fits, put in front. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { BuiltIn, BuiltInContext } from "./port.ts";
import { useToolCache } from "./tool-cache.ts";
import { ask, checkMachine, findTool, putInFront } from "./tools.ts";
import { goVersionIn, versionFile } from "./version-files.ts";
import { satisfies } from "./versions.ts";

const ACTION = "actions/setup-go";

export const setupGo: BuiltIn = {
  inputs: [
    "go-version",
    "go-version-file",
    "check-latest",
    "token",
    "cache",
    "cache-dependency-path",
    "architecture",
  ],
  async run(context) {
    const { inputs, job } = context;
    checkMachine(ACTION, context);
    const asked = await askedVersion(context);
    const tool = await findTool(context, {
      action: ACTION,
      asked: `Go ${asked}`.trim(),
      names: ["go"],
      versionOf: (path) => goVersion(context, path),
      fits: (version) => fits(version, asked),
    });
    if (isNewest(asked)) {
      job.log.warning(
        `${ACTION}: ${asked} is taken as ${tool.version}: whether it is the newest cannot be told here.`,
      );
    }
    const gofmt = join(dirname(tool.path), "gofmt");
    await putInFront(context, `go/${tool.version}`, {
      go: [tool.path],
      ...(existsSync(gofmt) ? { gofmt: [gofmt] } : {}),
    });
    // So that no `go` command fetches another one.
    context.setVariable("GOTOOLCHAIN", "local");
    const binaries = join(
      (await ask(context, tool.path, ["env", "GOPATH"])) || join(job.places.home, "go"),
      "bin",
    );
    await mkdir(binaries, { recursive: true });
    context.addPath(binaries);
    const cached = inputs.cache === "false" ? {} : await cacheOutputs(context, tool.path, tool.version);
    return { "go-version": tool.version, ...cached };
  },
};

async function askedVersion({ inputs, job }: BuiltInContext): Promise<string> {
  const { "go-version": version, "go-version-file": file } = inputs;
  if (version && file) {
    job.log.warning("Both go-version and go-version-file inputs are specified, only go-version will be used");
  }
  if (version) return version.trim();
  if (!file) return "";
  const found = goVersionIn(file, await versionFile(job.places.workspace, "go", file));
  if (found === undefined) throw new Error(`${ACTION}: ${file} names no version of Go`);
  return found;
}

async function goVersion(context: BuiltInContext, path: string): Promise<string | undefined> {
  return /\bgo(\d+\.\d+(?:\.\d+)?) /.exec((await ask(context, path, ["version"])) ?? "")?.[1];
}

const isNewest = (asked: string): boolean => asked === "stable" || asked === "oldstable";

function fits(version: string, asked: string): boolean {
  try {
    return asked === "" || isNewest(asked) || satisfies(version, asked);
  } catch (error) {
    throw new Error(`${ACTION}: go-version ${asked}: ${(error as Error).message}`, { cause: error });
  }
}

/** A cache that cannot be had is a warning: the action caches unasked. */
async function cacheOutputs(
  context: BuiltInContext,
  go: string,
  version: string,
): Promise<Record<string, string>> {
  const { workspace } = context.job.places;
  const paths = [await ask(context, go, ["env", "GOMODCACHE"]), await ask(context, go, ["env", "GOCACHE"])];
  try {
    const { matched } = await useToolCache(context, {
      paths: paths.filter((path): path is string => path !== undefined && path !== ""),
      front: `setup-go-Linux-${process.arch}-go-${version}`,
      files: (context.inputs["cache-dependency-path"] || "go.mod").split("\n"),
      restoreKeys: [],
      missing: `Dependencies file is not found in ${workspace}. Supported file pattern: go.mod`,
    });
    return { "cache-hit": String(matched !== undefined) };
  } catch (error) {
    context.job.log.warning(`Restore cache failed: ${(error as Error).message}`);
    return {};
  }
}
