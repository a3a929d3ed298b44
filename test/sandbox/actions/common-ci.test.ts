/** A workflow as many repositories have it, with the machine's own Node.js, npm and Python. */
import { expect, test } from "vitest";
import { machine } from "./machine.ts";

const CI = `
name: CI
on:
  push: { branches: [main] }
  pull_request:
  workflow_dispatch:
concurrency:
  group: \${{ github.workflow }}-\${{ github.ref }}
  cancel-in-progress: true
permissions: { contents: read }
jobs:
  test:
    runs-on: \${{ matrix.os }}
    timeout-minutes: 10
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-latest]
        node: [">=18", lts/*]
        exclude: [{ node: lts/* }]
        include: [{ os: ubuntu-24.04, node: "20 || >=22", experimental: true }]
    continue-on-error: \${{ matrix.experimental || false }}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v4
        with: { node-version: "\${{ matrix.node }}", cache: npm }
      - run: npm ci
      - run: npm test
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v5
        with: { python-version: 3.x }
      - uses: actions/cache@v4
        with: { path: .lint, key: "lint-\${{ hashFiles('**/*.py') }}", restore-keys: lint- }
      - run: python -m py_compile tool.py
  done:
    needs: [test, lint]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - run: test "\${{ needs.test.result }} \${{ needs.lint.result }}" = "success success"
`;

test("a matrix with setup-node, npm and a cache, a job of Python, and one that sums up", async () => {
  await using m = await machine({
    ".github/workflows/ci.yml": CI,
    "package.json": '{ "name": "x", "version": "1.0.0", "scripts": { "test": "node --test" } }',
    "package-lock.json":
      '{ "name": "x", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "name": "x", "version": "1.0.0" } } }',
    "x.test.js":
      "const { test } = require('node:test'); test('works', () => console.log('tested on ' + process.version));",
    "tool.py": "print('tool')\n",
  });
  const { run, jobs, log } = await m.run(".github/workflows/ci.yml");
  expect(jobs).toEqual({
    "test (ubuntu-latest, >=18)": "success",
    "test (ubuntu-24.04, 20 || >=22, true)": "success",
    lint: "success",
    done: "success",
  });
  expect(run.conclusion).toBe("success");
  expect(log.match(/tested on v\d+/g)?.length).toBeGreaterThanOrEqual(2);
});
