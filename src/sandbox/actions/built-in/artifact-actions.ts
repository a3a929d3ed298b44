/** `actions/upload-artifact` and `actions/download-artifact`. */
import { join } from "node:path";
import { ArtifactError } from "../artifacts.ts";
import { findFiles, withoutHidden } from "../file-patterns.ts";
import { fileGlob } from "../glob.ts";
import type { BuiltIn } from "./port.ts";

export const uploadArtifact: BuiltIn = {
  inputs: [
    "name",
    "path",
    "if-no-files-found",
    "retention-days",
    "compression-level",
    "overwrite",
    "include-hidden-files",
  ],
  async run({ inputs, job }): Promise<Record<string, string>> {
    const { artifacts, log } = job;
    const { workspace, home } = job.places;
    const runId = job.facts.run.id;
    const name = inputs.name || "artifact";
    const lines = (inputs.path ?? "")
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
    if (lines.length === 0) throw new ArtifactError("Input required and not supplied: path");
    const found = findFiles(lines, { base: workspace, home });
    const { root } = found;
    const files = inputs["include-hidden-files"] === "true" ? found.files : withoutHidden(found);
    if (files.length === 0) {
      const message = `No files were found with the provided path: ${lines.join(", ")}. No artifacts will be uploaded.`;
      switch (inputs["if-no-files-found"] || "warn") {
        case "error":
          throw new ArtifactError(message);
        case "warn":
          log.warning(message);
      }
      return {};
    }
    const overwrite = inputs.overwrite === "true" ? "yes" : "no";
    const artifact = await artifacts.upload({ runId, name, files, root, overwrite });
    log.say(`Artifact ${name} has been successfully uploaded! Final size is ${artifact.sizeInBytes} bytes.`);
    return { "artifact-id": String(artifact.id), "artifact-digest": artifact.digest.replace("sha256:", "") };
  },
};

export const downloadArtifact: BuiltIn = {
  inputs: ["name", "path", "pattern", "merge-multiple"],
  async run({ inputs, job }) {
    const { artifacts, log } = job;
    const { workspace } = job.places;
    const runId = job.facts.run.id;
    const target = join(inputs.path?.startsWith("/") ? "/" : workspace, inputs.path ?? "");
    const all = artifacts.list(runId);
    if (inputs.name) {
      const artifact = all.find((one) => one.name === inputs.name);
      if (!artifact) {
        throw new ArtifactError(
          `Unable to download artifact(s): Artifact not found for name: ${inputs.name}`,
        );
      }
      await artifacts.download(artifact, target);
      log.say(`Downloaded artifact ${artifact.name} to ${target}`);
      return { "download-path": target };
    }
    const matcher = inputs.pattern ? fileGlob(inputs.pattern) : undefined;
    for (const artifact of all.filter((one) => matcher?.test(one.name) ?? true)) {
      await artifacts.download(
        artifact,
        inputs["merge-multiple"] === "true" ? target : join(target, artifact.name),
      );
    }
    return { "download-path": target };
  },
};
