/** Where a command counts. Each rule has two bodies that differ in what it is about alone: one counts, one does not. */
import { expect, test } from "vitest";
import { parseCommands } from "../../../src/core/commands/parse.ts";

/** What a body comes to: verbs that count, and the codes of what is told instead. */
const read = (body: string): readonly string[] =>
  parseCommands(body).map((one) => (one.kind === "command" ? one.verb : one.code));

const C = "/cairn cancel";

test.each<[rule: string, counts: string, silent: string]>([
  ["the first column", C, ` ${C}`],
  ["the first column, tab", C, `\t${C}`],
  ["the first column, a space that is none in Markdown", C, `\u00a0${C}`],
  ["the first column, far behind what nobody sees", C, `${"\u200b".repeat(64)}${C}`],
  ["indented code", `a\n\n${C}`, `a\n\n    ${C}`],
  ["the word alone", C, "/cairncancel"],
  ["the word alone, no path", C, "/cairn/cancel"],
  ["no label", C, "cairn:cancel"],
  ["a backslash before it", C, `\\${C}`],
  ["inline code", C, `\`${C}\``],
  ["a quote", C, `> ${C}`],
  ["a quote that goes on", `> a\n\n${C}`, `> a\n${C}`],
  ["a quote that goes on from a list in it", `> - a\n\n${C}`, `> - a\n${C}`],
  ["a quote that goes on behind another line", `> a\n\nb\n${C}`, `> a\nb\n${C}`],
  ["a quote under a setext underline that is none", `> a\n---\n${C}`, `> a\n===\n${C}`],
  ["a fence", `\`\`\`\n\`\`\`\n${C}`, `\`\`\`\n${C}\n\`\`\``],
  ["a fence of tildes", `~~~\n~~~\n${C}`, `~~~\n${C}\n~~~`],
  ["a fence that is never closed", `\`\`\`\n\`\`\`\n${C}`, `\`\`\`\n\n${C}`],
  ["an HTML comment", `<!-- a -->\n${C}`, `<!-- a\n${C}\n-->`],
  ["an HTML comment over empty lines", `<!--\n\na\n\n-->\n${C}`, `<!--\n\n${C}\n\n-->`],
  ["an HTML comment that is never closed", `<!-- a -->\n\n${C}`, `<!-- a\n\n${C}`],
  ["an HTML comment within a line", `a <!-- b --> c\n\n${C}`, `a <!-- b\n\n${C}`],
  ["an HTML comment in a list, which no line closes", `- <!-- a -->\n\n${C}`, `- <!-- a\n-->\n${C}`],
  ["an HTML comment that is indented, likewise", `<!-- a\n-->\n${C}`, `  <!-- a\n-->\n${C}`],
  ["an HTML comment that browsers end elsewhere", `<!-- a --> b\n-->\n\n${C}`, `<!-- a --!> <b\n-->\n\n${C}`],
  ["one that browsers end right before it", `<!-- a -->\n\n${C}`, `<!-- a --!>-->\n\n${C}`],
  ["two HTML comments in a line, the second open", `<!-- --> <!-- -->\n${C}`, `<!-- --> <!--\n${C}`],
  ["an HTML comment that older renderers show", `a <!-- - b -->\n\n${C}`, `a <!-- -- <b> -->\n\n${C}`],
])("%s: passed over in silence", (_rule, counts, silent) => {
  expect(read(counts)).toEqual(["cancel"]);
  expect(read(silent)).toEqual([]);
});

test.each<[rule: string, counts: string, told: string]>([
  ["a list goes on", `- a\n\n${C}`, `- a\n${C}`],
  ["a list goes on over several lines", `- a\n\nb\n${C}`, `- a\nb\n${C}`],
  ["a numbered list goes on", `1. a\n\n${C}`, `1. a\n${C}`],
  ["a number of two digits", `12.a\n${C}`, `12. a\n${C}`],
  ["an item without words", `*a*\n${C}`, `*\n${C}`],
  ["a heading ends a list", `- a\n# b\n${C}`, `- a\n#b\n${C}`],
  ["a heading without words does, too", `- a\n#\n${C}`, `- a\nb #\n${C}`],
  ["a heading of the third level does, too", `- a\n### b\n${C}`, `- a\n####### b\n${C}`],
  ["a rule ends a list", `- a\n***\n${C}`, `- a\nb ***\n${C}`],
  ["a rule of stars does, too", `- a\n* * *\n${C}`, `- a\n*\n${C}`],
  ["a rule of underscores does, too", `- a\n_ _ _\n${C}`, `- a\n_\n${C}`],
  ["a rule with words is none", `- a\n___\n${C}`, `- a\n___ b\n${C}`],
  ["an indented line goes on", `a\n${C}`, `  a\n${C}`],
  ["code over two lines", `a \`b\` c\n${C}`, `a \`b c\n${C}\n\``],
  ["code over two lines, by an escaped backtick", `\`b\` c\n${C}`, `\\\`b\` c\n${C}\n\``],
  ["a link's title over two lines", `[a](b "c")\n\n${C}`, `[a](b "\n${C}\n")`],
  ["an image's text over two lines", `![a](b)\n\n${C}`, `![a\n${C}\n](b)`],
  ["a link's definition over two lines", `[a]: b\n\n${C}`, `[a]: b "\n${C}\n"`],
  ["a footnote, which is shown elsewhere", `[^1]: a\n\n${C}`, `[^1]: a\n${C}`],
  ["struck out", `a\n${C}\nb`, `~~a\n${C}\nb~~`],
  ["a table", `a | b\n--|--\n\n${C}`, `a | b\n--|--\n${C}`],
  ["a table of one column", `a\nb\n${C}`, `a\n:-:\n${C}`],
  ["a formula", `a\n${C}\nb`, `$$\n${C}\n$$`],
  ["an element that stays open", `<details>a</details>\n\n${C}`, `<details>\n\n${C}`],
  ["one that is closed below", `<b>a</b>\n\n${C}`, `<details>\n\n</details>\n\n${C}`],
  ["one in a quote", `> <b>a</b>\n\n${C}`, `> <b>a\n\n${C}`],
  ["an attribute that stays open", '<hr title="">\n\n/cairn cancel', '<hr title="\n\n/cairn cancel\n\n">'],
  ["a tag that stays open", `<br>\n\n${C}`, `<br\n\n${C}`],
  ["tags that do not nest", `<b><i></i></b>\n\n${C}`, `<b><i></b></i>\n\n${C}`],
  ["an end tag that is code", `<b>x</b>\n\n${C}`, `<b> \`</b>\`\n\n${C}`],
  ["an end tag that is escaped", `<b>x</b>\n\n${C}`, `<b>\\</b>\n\n${C}`],
  ["an end tag that is a link's address", `<b>x</b>\n\n${C}`, `<b>[x](</b>)\n\n${C}`],
  ["an end tag that blocks do not see", `<pre>x</pre>\n\n${C}`, `<pre>x</pre >\n\n${C}`],
  ["no code in HTML", `a \`<b>\`\n\n${C}`, `<br>\`<b>\`\n\n${C}`],
  ["directly below HTML", `<br>\n\n${C}`, `<br>\n${C}`],
  ["no fence in HTML", `<br>\n\n\`\`\`\n\`\`\`\n${C}`, `<br>\n\`\`\`\n\n\`\`\`\n${C}`],
  ["an instruction to processors", `a ? b\n\n${C}`, `<?a\n\n${C}`],
  ["a declaration", `a ! b\n\n${C}`, `<!A\n\n${C}`],
  ["code in a list that ends with it", `  ~~~\n  a\n  ~~~\n${C}`, `  ~~~\na\n  ~~~\n${C}`],
  ["code in a list whose end is not certain", `  ~~~\n   ~~~\n${C}`, `  ~~~\n     ~~~\n${C}`],
  [
    "no fence in HTML that a list holds",
    `- a\n  ~~~\n  <!--\n  ~~~\n\n${C}`,
    `- <br>\n  ~~~\n  <!--\n  ~~~\n\n${C}`,
  ],
  ["no code in the next line of HTML", `<br>\n\n\`<b>\`\n\n${C}`, `<br>\n\`<b>\`\n\n${C}`],
  ["no code behind an HTML comment", `<!-- a -->\n\`<b>\`\n\n${C}`, `<!-- a --> \`<b>\`\n\n${C}`],
  ["no address in HTML", `a\n<https://x?a=">\n\n${C}`, `<br>\n<https://x?a=">\n\n${C}`],
  ["no address behind an HTML comment", `a <https://x?a=">\n\n${C}`, `<!-- a --> <https://x?a=">\n\n${C}`],
  ["code that three spaces begin, not four", `    ~~~\n\n${C}`, `   ~~~\n\n${C}`],
  ["what ends code of the line above", `a b\n\`<b>\` c\n\n${C}`, `a \` b\n\`<b>\` c\n\n${C}`],
  ["within code that is indented", `  ~~~\n  ~~~\n${C}`, `  ~~~\n${C}\n  ~~~`],
])("%s: told, and does not count", (_rule, counts, told) => {
  expect(read(counts)).toEqual(["cancel"]);
  expect(read(told)).toEqual(["unclear-place"]);
});

/** CommonMark 0.31, section 4.5: what opens and closes a fence. `code`: whether the command is in it. */
test.each<[what: string, body: string, code: boolean]>([
  ["two are no fence", `\`\`\n\n${C}`, false],
  ["three of the other kind close nothing", `\`\`\`\n~~~\n${C}\n\`\`\``, true],
  ["fewer close nothing", `\`\`\`\`\n\`\`\`\n${C}`, true],
  ["more close", `\`\`\`\n\`\`\`\`\`\`\n${C}`, false],
  ["as many of tildes close", `~~~~\n~~~\n~~~~\n${C}`, false],
  ["an info string opens", `\`\`\`ruby startline=3\n${C}`, true],
  ["an info string with a backtick opens nothing", `\`\`\` aa \`\`\`\n\n${C}`, false],
  ["of tildes it may have one", `~~~ aa \`\`\` ~~~\n${C}`, true],
  ["a character nobody sees in the info string", `~~~ \u2028a\n${C}`, true],
  ["words behind it close nothing", `\`\`\`\n\`\`\` aaa\n${C}\n\`\`\``, true],
  ["spaces behind it close", `\`\`\`\n\`\`\` \t\n${C}`, false],
  ["three spaces before it close", `\`\`\`\naaa\n   \`\`\`\n${C}`, false],
  ["four close nothing", `\`\`\`\naaa\n    \`\`\`\n${C}`, true],
  ["a tab closes nothing", `\`\`\`\naaa\n\t\`\`\`\n${C}`, true],
  ["a space between closes nothing", `\`\`\`\n\`\` \`\n${C}`, true],
  ["four spaces before it open nothing", `    \`\`\`\n\n${C}`, false],
  ["it ends a paragraph", `foo\n\`\`\`\nbar\n\`\`\`\n${C}`, false],
  ["and begins within one", `foo\n\`\`\`\n${C}\n\`\`\``, true],
  ["it ends a quote", `> foo\n\`\`\`\n\`\`\`\n${C}`, false],
  ["one in a quote ends with it", `> \`\`\`\n\n${C}`, false],
  ["no comment begins in it", `\`\`\`\n<!--\n\`\`\`\n${C}`, false],
  ["nor does it begin in a comment", `<!--\n\`\`\`\n-->\n${C}`, false],
])("fences: %s", (_what, body, code) => {
  expect(read(body)).toEqual(code ? [] : ["cancel"]);
});

/** CommonMark 0.31, section 6.6: what is an open tag. In one that is none anything may stay open. */
test.each<[tag: string, closed: boolean]>([
  ...["br", "hr", "img", "input", "source", "wbr"].map((name): [string, boolean] => [`<${name}>`, true]),
  ["<HR>", true],
  ["<hr/>", true],
  ["<hr  />", true],
  ["<hr  a>", true],
  ["<hr a b>", true],
  ["<hr _a.b:c-1>", true],
  ["<hr a=b>", true],
  ["<hr a=bcd/e>", true],
  ["<hr a = b>", true],
  ["<hr a=''>", true],
  ["<hr a='b \"c'>", true],
  ['<hr a="b \'c" d>', true],
  ["<hr a=b'c>", false],
  ["<hr a='b>", false],
  ["<hr a=>", false],
  ["<hr =b>", false],
  ["<hr 'a'>", false],
  ["<hr a='b'c>", false],
  ["<hr / >", false],
])("tags: %s", (tag, closed) => {
  expect(read(`a ${tag}\n\n${C}`)).toEqual([closed ? "cancel" : "unclear-place"]);
});

test.each([
  ["alone", C],
  ["below words", `Thanks, that is enough!\n${C}`],
  ["above words", `${C}\nThanks.`],
  ["below words with a colon", `Decided:\n${C}`],
  ["below an emoji by its name", `:+1: yes\n${C}`],
  ["below a comparison", `a > b\n${C}`],
  ["below a dash", `a - b\n${C}`],
  ["below a heading", `# Decision\n${C}`],
  ["below a heading with a link", `## [Decision](a)\n${C}`],
  ["below a rule", `a\n\n---\n${C}`],
  ["below code on one line", `see \`a\` and \`\`b \` c\`\`\n${C}`],
  ["below code with backticks in it", `see \`a \`\`b\`\` <b>\` c\n\n${C}`],
  ["below code that is indented, with an empty line in it", `  ~~~\n\n  ~~~\n${C}`],
  ["below a picture", `<img width="10" src="https://x/y.png">\n\n${C}`],
  ["below an address", `see <https://x/y>\n\n${C}`],
  ["below an address and code", `see <https://x/y> for \`<b>\`\n\n${C}`],
  ["below an address and a link", `see <https://x/y> and [a](b)\n\n${C}`],
  ["below HTML and a link", `<br>\n[a](b)\n\n${C}`],
  ["below a comment with HTML in it", `<!-- <b>-->\n${C}`],
  ["below a comment within a line", `a <!-- [b]--> c\n\n${C}`],
  ["below the end of a comment, with what browsers take for one behind it", `<!--\n-->--!>\n\n${C}`],
  ["below the comment of a template", `<!-- Write\nbelow -->\n\n${C}`],
  ["with Windows' ends of lines", `a\r\n${C}\r\nb`],
  ["with the Mac's of old", `a\r${C}\rb`],
  ["with spaces and tabs", "/cairn \t cancel \t "],
])("counts: %s", (_where, body) => {
  expect(read(body)).toEqual(["cancel"]);
});

test("several count, each with its line", () => {
  const body = "/cairn ready\ntext\n\n> /cairn ready\n\n/cairn hold it rains";
  expect(parseCommands(body)).toEqual([
    { kind: "command", line: 1, verb: "ready", argument: null },
    { kind: "command", line: 6, verb: "hold", argument: "it rains" },
  ]);
});

test.each<[why: string, body: string, line: number, next: string]>([
  [
    "what may go on in it",
    `a\n\n- b\n${C}`,
    4,
    "line 3 above it may go on in it, as a list, a table, a link or code does; leave an empty line before the command",
  ],
  [
    "the first line of several that may",
    `a\n- b\n- c\n${C}`,
    4,
    "line 2 above it may go on in it, as a list, a table, a link or code does; leave an empty line before the command",
  ],
  [
    "what may be HTML",
    `a\n\n<br>\nb\n${C}`,
    5,
    "line 3 above it is HTML, or looks like it; leave an empty line before the command",
  ],
  [
    "what stays open",
    `a\n\n<details>\n\n${C}`,
    5,
    "line 3 has `<details>`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "what stays open, and by which words it is found",
    `a <a-name-of-more-than-twenty b="\n\n${C}`,
    3,
    "line 1 has `<a-name-of-more-than-`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "an end tag of nothing",
    `a </b>\n\n${C}`,
    3,
    "line 1 has `</b`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "an instruction to processors",
    `a <?b\n\n${C}`,
    3,
    "line 1 has `<?b`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "tags and what can take one in",
    `<b>[x](</b>)\n\n${C}`,
    3,
    "line 1 has `<…>`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "what stays open below other HTML",
    `<br>\n<details>\n\n${C}`,
    4,
    "line 2 has `<details>`, which may not end on that line; write the command above that line, or into a comment of its own",
  ],
  [
    "code that begins in what may be HTML",
    `a\n\n<br>\nb\n~~~\n\n${C}`,
    7,
    "line 3 may be HTML, and code begins below it; write the command above that line, or into a comment of its own",
  ],
  [
    "within code that is indented",
    `a\n  ~~~\n${C}`,
    3,
    "line 2 begins code that is indented, and where it ends is not certain; write the command above that line, or into a comment of its own",
  ],
  [
    "behind code that is indented",
    `a\n  ~~~\nb\n\n${C}`,
    5,
    "line 2 begins code that is indented, and where it ends is not certain; write the command above that line, or into a comment of its own",
  ],
])("what is told names the line that is the reason, and what to do: %s", (_why, body, line, next) => {
  expect(parseCommands(body)).toEqual([
    {
      kind: "problem",
      code: "unclear-place",
      line,
      found: C,
      allowed: [],
      nearest: null,
      next: `This line does not count: ${next}.`,
    },
  ]);
});
