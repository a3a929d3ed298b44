/** The writing of loose objects. */
import { randomBytes } from "node:crypto";
import { access, mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import type { ObjectType, ObjectWriter } from "./object-access.ts";
import { objectHeader, objectName } from "./objects.ts";
import type { Sha } from "./store.ts";

const compress = promisify(deflate);

/** Writes loose objects as git does: a temporary file beside the place, then a rename, so that nobody sees half an object. */
export function createObjectWriter(directory: string): ObjectWriter {
  async function write(type: ObjectType, content: Buffer): Promise<Sha> {
    const sha = objectName(type, content);
    const folder = join(directory, "objects", sha.slice(0, 2));
    const target = join(folder, sha.slice(2));
    if (await exists(target)) return sha;
    const temporary = join(folder, `tmp_obj_${randomBytes(6).toString("hex")}`);
    const packed = await compress(Buffer.concat([objectHeader(type, content), content]), { level: 1 });
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, packed, { mode: 0o444, flag: "wx" });
    try {
      await rename(temporary, target);
    } catch (error) {
      await unlink(temporary);
      throw error;
    }
    return sha;
  }
  return { write };
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
