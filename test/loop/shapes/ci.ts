/** Repositories whose own CI decides: a matrix, and a monorepo with workflows for some paths and a called one. */
import type { Files } from "./history.ts";

/** Names by vectors, by an `include`, and by an expression. */
export const MATRIX: Files = {
  "README.md": "# Matrix\n",
  "package.json": '{ "private": true, "type": "module", "scripts": { "test": "node --test" } }\n',
  "test/a.test.js": 'import { test } from "node:test";\ntest("a", () => {});\n',
  "test/b.test.js": 'import { test } from "node:test";\ntest("b", () => {});\n',
  ".github/workflows/ci.yml": `name: CI
on: { pull_request: { branches: ["trunk/**"] } }
permissions: { contents: read }
jobs:
  unit:
    if: github.event_name == 'pull_request' && github.base_ref != 'main'
    strategy:
      fail-fast: false
      matrix:
        node: [20, 24]
        exclude: [{ node: 20 }]
        include: [{ node: 22, flags: "--test-reporter=dot" }]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: test \${{ matrix.node }} -gt 20 && node --test \${{ matrix.flags }}
  shard:
    name: Shard \${{ matrix.shard }} of \${{ strategy.job-total }}
    strategy: { matrix: { shard: [1, 2] } }
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: node --test --test-shard=\${{ matrix.shard }}/2
  deploy:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    steps: [{ run: exit 1 }]
  all:
    if: always()
    needs: [unit, shard]
    runs-on: ubuntu-latest
    steps:
      - run: test "\${{ needs.unit.result }} \${{ needs.shard.result }}" = "success success"
`,
  ".github/workflows/release.yml": `on: { pull_request: { branches: [release/*], types: [opened, synchronize] } }
jobs:
  candidate: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
`,
};

export const MATRIX_CHECKS = [
  "unit (24)",
  "unit (22, --test-reporter=dot)",
  "Shard 1 of 2",
  "Shard 2 of 2",
  "all",
];

const forPaths = (name: string): string => `name: ${name}
on:
  pull_request: { paths: ["packages/${name}/**"] }
jobs:
  ${name}:
    uses: ./.github/workflows/package.yml
    with: { package: ${name} }
`;

export const MONOREPO: Files = {
  "package.json": '{ "private": true, "workspaces": ["packages/*"] }\n',
  "packages/web/package.json": '{ "name": "web", "version": "1.0.0", "dependencies": { "core": "*" } }\n',
  "packages/web/index.js": 'import "core";\n',
  "packages/core/package.json": '{ "name": "core", "version": "1.0.0" }\n',
  "packages/core/index.js": "export const one = 1;\n",
  "docs/index.md": "# Docs\n",
  ".github/workflows/web.yml": forPaths("web"),
  ".github/workflows/core.yml": forPaths("core"),
  ".github/workflows/lint.yml": `name: Lint
on: [push, pull_request]
jobs:
  lint:
    uses: ./.github/workflows/package.yml
    with: { package: core }
`,
  ".github/workflows/package.yml": `on:
  workflow_call:
    inputs: { package: { type: string, required: true } }
jobs:
  syntax:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: node --check packages/\${{ inputs.package }}/index.js
`,
};
