/** Text of others in what Cairn writes. */
import { oneLine } from "./plan.ts";

/** Text of others as code, on one line. */
export const quoted = (text: string): string =>
  text === "" ? "" : `\`${oneLine(text).replaceAll("`", "'")}\``;
