/** Everywhere that something of a run stays, as text: what people, other jobs or other programs can read later. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../../../src/sandbox/index.ts";

export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** Parts of the world that are the home of secrets themselves. */
const HOMES = new Set(["tokens", "apps", "repositories"]);

export function placesOf(sandbox: Sandbox, lines: readonly unknown[]): readonly Place[] {
  return [
    ...runsOf(sandbox),
    ...Object.entries(sandbox.world).flatMap(([name, value]) =>
      HOMES.has(name) ? [] : [{ kind: name, name, text: json(value) }],
    ),
    ...filesBelow(join(sandbox.directory, "actions")).map((path) => ({
      kind: "machine",
      name: path,
      text: readFileSync(path, "latin1"),
    })),
    ...gitFolders(join(sandbox.directory, "repositories")).map((path) => ({
      kind: "git",
      name: path,
      text: objectsOf(path),
    })),
    { kind: "webhooks", name: "webhooks", text: json(sandbox.deliveries) },
    { kind: "request log", name: "request log", text: json(sandbox.requestLog) },
    { kind: "landed", name: "landed", text: json(sandbox.landed) },
    { kind: "app log", name: "app log", text: json(lines) },
  ];
}

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) => (inner instanceof Map ? [...inner] : inner));

function runsOf({ engine, world }: Sandbox): readonly Place[] {
  return [...world.runs.values()].flatMap((run) => [
    ...run.jobs.flatMap(({ id, key }) => [
      { kind: "job log", name: key, text: engine?.jobLog(id) ?? "" },
      { kind: "summary", name: key, text: engine?.summary(id) ?? "" },
    ]),
    ...(engine?.artifacts(run.id) ?? []).flatMap(({ name }) =>
      filesBelow(engine?.artifactDirectory(run.id, name) ?? "").map((path) => ({
        kind: "artifact",
        name: path,
        text: readFileSync(path, "latin1"),
      })),
    ),
  ]);
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const gitFolders = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.endsWith(".git"))
    .map((entry) => join(entry.parentPath, entry.name));

/** Commits, trees, files and tags, whether a ref leads to them or not. */
const objectsOf = (folder: string): string =>
  execFileSync("git", [`--git-dir=${folder}`, "cat-file", "--batch-all-objects", "--batch"], {
    encoding: "latin1",
    maxBuffer: 256 * 1024 * 1024,
  });
