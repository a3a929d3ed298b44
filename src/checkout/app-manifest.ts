/** What the App asks for: read from `app.yml`, so that the sandbox grants what a real installation would. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CHECKOUT } from "./files.ts";

interface Manifest {
  readonly default_permissions: Readonly<Record<string, "read" | "write">>;
  readonly default_events: readonly string[];
}

const manifest = parse(readFileSync(join(CHECKOUT, "app.yml"), "utf8")) as Manifest;

export const APP_PERMISSIONS = manifest.default_permissions;
export const APP_EVENTS = manifest.default_events;
