/** The format of annotated tags. */
import type { ObjectReader } from "./object-access.ts";
import { encodePerson, invalidObject, parsePerson, splitHead } from "./objects.ts";
import type { Sha, Tag } from "./store.ts";

/** The annotated tag with this name; `undefined` for anything else. */
export async function readTag(reader: ObjectReader, sha: Sha): Promise<Tag | undefined> {
  const found = await reader.read(sha);
  return found?.type === "tag" ? parseTag(found.sha, found.content) : undefined;
}

/** Throws `invalid-object`. */
export function parseTag(sha: Sha, content: Buffer): Tag {
  const { values, message } = splitHead(content);
  const [object] = values("object");
  const [type] = values("type");
  const [tagger] = values("tagger");
  if (object === undefined || type === undefined) throw invalidObject("a tag of nothing", sha);
  return {
    sha,
    object,
    type: type as Tag["type"],
    name: values("tag")[0] ?? "",
    // Very old tags have none.
    tagger: tagger === undefined ? undefined : parsePerson(tagger),
    message,
  };
}

/** Content of a tag object. Throws `invalid-object` for what git would not store. */
export function encodeTag(input: Omit<Tag, "sha">): Buffer {
  if (input.message.includes("\0")) throw invalidObject("a tag's message with a NUL character", "message");
  if (/[\n\0]/.test(input.name)) throw invalidObject("a tag's name of several lines", "name");
  const lines = [
    `object ${input.object}`,
    `type ${input.type}`,
    `tag ${input.name}`,
    ...(input.tagger ? [`tagger ${encodePerson(input.tagger)}`] : []),
  ];
  return Buffer.from(`${lines.join("\n")}\n\n${input.message}`, "utf8");
}
