/** The file that `cairn init` writes: every key with what it is for, and its default, commented out. */
import { allowedAt, CONFIG_SCHEMA, SCHEMA_URL, type SchemaNode } from "./describe.ts";

/** Columns in which comments are wrapped. */
const WIDTH = 100;

/** Text of `.github/cairn.yml`. `command`: the agent's, the one key that has no default. */
export function starterConfig(command?: string): string {
  return [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    "# Every key is optional; those that are commented out stand here with their defaults. A key that is indented needs the",
    "# line of its section above it.",
    ...keysOf(CONFIG_SCHEMA, "", command === undefined ? ONE_KEY : { agent: { command } }),
    "",
  ].join("\n");
}

/** Editors take a file of comments alone for an error: the key that people look for first stands in it, with its default. */
const ONE_KEY = { merge: "never" };

type Given = Readonly<Record<string, unknown>>;

function keysOf(node: SchemaNode, indent: string, given: Given): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const about = comment(`${inner.description ?? ""} ${sentence(allowedAt(inner))}`.trim(), indent);
    if (inner.properties) {
      const values = (given[key] ?? {}) as Given;
      // A section with nothing below it would be empty, which editors show as an error.
      const isGiven = Object.keys(values).length > 0;
      return [
        "",
        ...comment(inner.description ?? "", indent),
        `${indent}${isGiven ? "" : "# "}${key}:`,
        ...keysOf(inner, `${indent}  `, values),
      ];
    }
    const value = given[key] ?? inner.default;
    const line = value === undefined ? `${key}:` : `${key}: ${JSON.stringify(value)}`;
    return [...(indent === "" ? [""] : []), ...about, `${indent}${key in given ? "" : "# "}${line}`];
  });
}

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

function comment(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + word.length + 3 > WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `${indent}# ${one}`);
}
