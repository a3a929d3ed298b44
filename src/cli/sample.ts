/** The sample: a small project with tests and CI, an issue, and a scripted agent that does it. */

export const SAMPLE_ISSUE = {
  title: "Greet several people at once",
  body: [
    "`greet` takes one name. It should also take a list of names.",
    "",
    "- [ ] `greet(['Ada', 'Grace'])` gives `Hello, Ada and Grace!`",
    "- [ ] with three or more names, commas and an `and` before the last",
    "- [ ] one name works as before",
    "",
    "`node --test` shows it.",
  ].join("\n"),
};

/** Found in the sample repository as well, so that anybody can read what "the agent" is. */
export const SAMPLE_AGENT = "sh tools/agent.sh";

const AGENT = `#!/bin/sh
# Stands in for a coding agent: reads the issue, changes the code, adds a test.
set -eu
echo "reading the issue: $(head -n 1 "$CAIRN_ISSUE_FILE")"
echo "generation $CAIRN_GENERATION, attempt $CAIRN_ATTEMPT"
cat > src/greet.js <<'END'
/** A greeting for one name or several. */
export function greet(names) {
  const list = [names].flat();
  if (list.length < 2) return \`Hello, \${list[0]}!\`;
  const last = list[list.length - 1];
  const rest = list.slice(0, -1).join(", ");
  return \`Hello, \${rest}\${list.length > 2 ? "," : ""} and \${last}!\`;
}
END
echo "src/greet.js takes lists now"
cat >> test/greet.test.js <<'END'

test("greets several people", () => {
  assert.equal(greet(["Ada", "Grace"]), "Hello, Ada and Grace!");
  assert.equal(greet(["Ada", "Grace", "Joan"]), "Hello, Ada, Grace, and Joan!");
});
END
echo "a test was added; running them all"
node --test 2>&1 | tail -n 8
`;

export const SAMPLE_FILES: Readonly<Record<string, string>> = {
  "README.md": "# Greetings\n\nA small library that greets.\n",
  "package.json": `${JSON.stringify({ name: "greetings", private: true, type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  "src/greet.js":
    "/** A greeting for one name. */\nexport function greet(name) {\n  return `Hello, ${name}!`;\n}\n",
  "test/greet.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { greet } from "../src/greet.js";

test("greets one person", () => {
  assert.equal(greet("Ada"), "Hello, Ada!");
});
`,
  "tools/agent.sh": AGENT,
  ".github/workflows/ci.yml": `name: CI
on:
  pull_request:
permissions: { contents: read }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: node --test
`,
};
