/** The table of `docs/configuration.md`, from the configuration's schema. */
import { allowedAt, CONFIG_SCHEMA, type SchemaNode } from "../src/policy/config/index.ts";

export function configurationTable(): string {
  return [
    "| key | what it is for | allowed | default |",
    "|---|---|---|---|",
    ...rows(CONFIG_SCHEMA, ""),
  ].join("\n");
}

/** As editors read it. */
export const configurationSchema = (): string => `${JSON.stringify(CONFIG_SCHEMA, null, 2)}\n`;

function rows(node: SchemaNode, at: string): readonly string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const name = `${at}${key}`;
    if (inner.properties) return rows(inner, `${name}.`);
    const fallback = inner.default === undefined ? "none" : `\`${JSON.stringify(inner.default)}\``;
    return [`| \`${name}\` | ${inner.description} | ${allowedAt(inner)} | ${fallback} |`];
  });
}
