/** `registry-url` and `scope` of `actions/setup-node`: an `.npmrc` that takes its token from `NODE_AUTH_TOKEN`. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuiltInContext } from "./port.ts";

/** Writes the file and lets npm find it. Throws where the address is none. */
export async function configureRegistry(context: BuiltInContext, address: string): Promise<void> {
  const { inputs, env, job } = context;
  if (!URL.canParse(address)) throw new Error(`registry-url ${address} is no address`);
  const url = address.endsWith("/") ? address : `${address}/`;
  const scope = inputs.scope ? `@${inputs.scope.replace(/^@/, "").toLowerCase()}:` : "";
  const file = join(job.places.temp, ".npmrc");
  const before = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const kept = before.split("\n").filter((line) => !line.toLowerCase().startsWith(`${scope}registry`));
  const token = `${url.replace(/^\w+:/, "")}:_authToken=\${NODE_AUTH_TOKEN}`;
  await writeFile(file, [...kept.filter((line) => line !== ""), token, `${scope}registry=${url}`].join("\n"));
  context.setVariable("NPM_CONFIG_USERCONFIG", file);
  if (env.NODE_AUTH_TOKEN !== undefined) context.setVariable("NODE_AUTH_TOKEN", env.NODE_AUTH_TOKEN);
}
