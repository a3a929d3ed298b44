/** Bundles the Action into one file: GitHub runs it without an install step. Its sources decide every byte. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "rolldown";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  cwd: root,
  input: "action/main.ts",
  platform: "node",
  plugins: [licences()],
  output: {
    dir: join(root, "action/dist"),
    entryFileNames: "index.js",
    codeSplitting: false,
    format: "esm",
    minify: false,
    sourcemap: false,
  },
});

/** Beside the bundle: the licence of every package that it contains, as those licences ask for. */
function licences(): Plugin {
  return {
    name: "licences",
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
      const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
      const texts = new Map([...folders].map((folder) => noticeOf(folder)));
      const source = [...texts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, text]) => `${name}\n\n${text}\n`);
      this.emitFile({
        type: "asset",
        fileName: "licenses.txt",
        source: source.join(`\n${"-".repeat(72)}\n\n`),
      });
    },
  };
}

function packageFolder(id: string): string | undefined {
  const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(/^\0/, ""));
  return found?.[0];
}

function noticeOf(folder: string): readonly [name: string, text: string] {
  const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text =
    file === undefined ? "" : readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n").trim();
  return [`${about.name} ${about.version} (${about.license})`, text];
}
