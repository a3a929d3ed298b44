/** A file that a command of the repository's left, as untrusted as the command. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/**
 * The file's beginning, one byte more than `longest`: whoever reads it sees that it is too long. Rejects where it is no plain
 * file: a link would lead to what the command itself may not read, and nobody writes into a pipe any more.
 */
export async function readBounded(path: string, longest: number): Promise<Buffer> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if (!(await file.stat()).isFile()) throw new Error("it is no file");
  const { bytesRead, buffer } = await file.read(Buffer.alloc(longest + 1), 0, longest + 1, 0);
  return buffer.subarray(0, bytesRead);
}
