/** What a triage command answers, how it is read, and the schemas that say so to others. */
import { readFile } from "node:fs/promises";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { LONGEST_QUESTION } from "../../src/core/holds.ts";
import { LONGEST_ANSWER, parseAnswer, TRIAGE_SCHEMAS } from "../../src/policy/triage-answer.ts";

const parse = (value: unknown) => parseAnswer(Buffer.from(JSON.stringify(value)));
const TAKE = { verdict: "take", specification: "Write it.", estimate: "an hour" };
const ASK = { verdict: "ask", question: "How?", estimate: "an hour" };

test("an answer is what its schema says", () => {
  expect(parse(TAKE)).toEqual(TAKE);
  expect(parse(ASK)).toEqual(ASK);
  expect(parse({ verdict: "take" })).toEqual({ verdict: "take" });
  expect(parse({ verdict: "ask", question: " How?\n" })).toEqual({ verdict: "ask", question: "How?" });
});

test.each<[string, Buffer | unknown, string]>([
  ["nothing", Buffer.from(""), "it is not JSON"],
  ["words", Buffer.from("ghp_0123456789abcdef0123"), "it is not JSON"],
  ["no UTF-8", Buffer.from('{"verdict":"take","estimate":"\xff"}', "latin1"), "it is not UTF-8"],
  ["half a sign", Buffer.from([...Buffer.from('{"verdict":"take"'), 0xc3]), "it is not UTF-8"],
  ["megabytes", Buffer.alloc(4_000_000, " "), "it is longer than 65536 bytes"],
  ["a list", [], "expected object"],
  ["null", null, "expected object"],
  ["a refusal", { verdict: "reject" }, "verdict: "],
  ["a question without words", { verdict: "ask" }, "question: "],
  ["an empty question", { verdict: "ask", question: " \n" }, "question: "],
  ["too long a question", { verdict: "ask", question: "w".repeat(LONGEST_QUESTION + 1) }, "question: "],
  ["a question beside a yes", { verdict: "take", question: "How?" }, "question"],
  ["a specification beside a question", { ...ASK, specification: "w" }, "specification"],
  ["an estimate in numbers", { ...TAKE, estimate: 3 }, "estimate: "],
  ["a key of its own", { ...TAKE, "reserved-paths": [] }, "reserved-paths"],
  ["a prototype", Buffer.from('{"verdict":"take","__proto__":{"verdict":"ask"}}'), "__proto__"],
  ["a depth of lists", Buffer.from(`${"[".repeat(30_000)}${"]".repeat(30_000)}`), "expected object"],
])("%s is none, and it is said why in one line that repeats nothing", (_what, given, why) => {
  const read = Buffer.isBuffer(given) ? parseAnswer(given) : parse(given);
  expect(read).toEqual({ why: expect.stringContaining(why) });
  expect(JSON.stringify(read)).not.toMatch(/\\n|ghp_/);
});

test("as many bytes as are read are enough, and one more is too many", () => {
  const padded = (bytes: number): Buffer => Buffer.from(JSON.stringify(TAKE).padEnd(bytes));
  expect(parseAnswer(padded(LONGEST_ANSWER))).toEqual(TAKE);
  expect(parseAnswer(padded(LONGEST_ANSWER + 1))).toHaveProperty("why");
});

test("the published schemas are those that answers are read by, and that inputs keep to", async () => {
  const ajv = new Ajv2020({ strict: false });
  const published = async (name: string) =>
    ajv.compile(JSON.parse(await readFile(`docs/${name}`, "utf8")) as object);
  expect(Object.keys(TRIAGE_SCHEMAS)).toEqual(["triage-input.schema.json", "triage-answer.schema.json"]);
  const answers = await published("triage-answer.schema.json");
  for (const good of [TAKE, ASK, { verdict: "take" }]) expect(answers(good)).toBe(true);
  for (const bad of [{}, { verdict: "ask" }, { ...TAKE, question: "w" }, { ...ASK, specification: "w" }])
    expect(answers(bad)).toBe(false);
  const inputs = await published("triage-input.schema.json");
  const input = {
    version: 1,
    repository: "acme/tools",
    number: 12,
    title: "T",
    body: "",
    labels: [],
    answers: [],
  };
  expect(inputs(input)).toBe(true);
  expect(inputs({ ...input, token: "t" })).toBe(false);
});
