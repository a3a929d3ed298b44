/** The file that `cairn init` writes: every key with what it is for, and its default, commented out. */
import { allowedAt, CONFIG_SCHEMA, SCHEMA_URL, type SchemaNode } from "./describe.ts";

/** Columns in which comments are wrapped. */
const WIDTH = 100;

/** Text of `.github/cairn.yml`. `command`: the agent's, the one key that has no default. */
export function starterConfig(command?: string): string {
  return [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    "# Every key is optional; those that are commented out stand here with their defaults.",
    ...keysOf(CONFIG_SCHEMA, "", command === undefined ? {} : { agent: { command } }),
    "",
  ].join("\n");
}

type Given = Readonly<Record<string, unknown>>;

function keysOf(node: SchemaNode, indent: string, given: Given): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const about = comment(`${inner.description ?? ""} ${sentence(allowedAt(inner))}`.trim(), indent);
    if (inner.properties) {
      const values = (given[key] ?? {}) as Given;
      return [
        "",
        ...comment(inner.description ?? "", indent),
        `${indent}${key}:`,
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
