/**
 * Octokit reads every answer with a parser that keeps integers of any size, which costs a tenth of a world's time.
 * A text without such an integer has the same value for JavaScript's own, so that one reads it here.
 */
import { replaceOnLoad } from "./cuts.ts";

const PARSER = /\/json-with-bigint\/json-with-bigint\.c?js$/;
const ENTRY = "const JSONParse = (text, reviver) => {";
/** Fewer digits than the smallest integer that a double does not hold. */
const SHORT = "if (reviver === undefined && text && !/\\d{16}/.test(text)) return JSON.parse(text);";

/** To be called before Octokit is loaded. Throws where the parser looks otherwise than it did. */
export const parsePlainly = (): void =>
  replaceOnLoad((url) => (PARSER.test(url) ? [{ file: url, from: ENTRY, to: `${ENTRY} ${SHORT}` }] : []));
