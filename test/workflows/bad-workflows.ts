/** Small workflows that are bad in one way each, by the check that must say so, and its words. */
import type { CHECKS } from "./checks.ts";

export const CALLED = `
on:
  workflow_call:
    inputs:
      issue: { type: string, required: true }
      count: { type: number }
    outputs:
      end: { value: "\${{ jobs.work.outputs.end }}" }
permissions: {}
jobs:
  work:
    runs-on: ubuntu-latest
    timeout-minutes: 1
    permissions: { contents: read, id-token: write }
    outputs: { end: "\${{ steps.work.outputs.end }}" }
    steps:
      - id: work
        uses: $/action
        with: { job: work }
`;
export const ACTION = `
name: action
description: An action.
inputs:
  job: { description: Which job., required: true }
  title: { description: The title. }
outputs:
  end: { description: The end. }
runs: { using: node24, main: index.js }
`;

/** A workflow of one job with these steps. */
export const steps = (lines: string): string => `
on: push
permissions: { contents: read }
jobs:
  one:
    runs-on: ubuntu-latest
    timeout-minutes: 1
    steps:
${lines.trim().replaceAll(/^ {0,6}/gm, "      ")}
`;

/** A workflow whose one job calls `CALLED`. */
export const call = (rest: string, granted = "contents: read, id-token: write"): string => `
on:
  workflow_dispatch:
    inputs: { issue: { required: true }, whether: { type: boolean } }
permissions: { ${granted} }
jobs:
  one:
    uses: ./.github/workflows/called.yml
${rest.replaceAll(/^/gm, "    ")}
`;
export const GOOD = 'with: { issue: "${{ inputs.issue }}" }';
const RUN = steps("- run: a");
const BARE = "on: push\npermissions: {}\njobs:\n  one: { runs-on: x, steps: [{ run: a }] }\n";
const OUTPUT = "- { id: b, uses: $/action, with: { job: x } }\n";

type Bad = readonly (readonly [what: string, text: string, words: string])[];

export const BAD: Readonly<Record<keyof typeof CHECKS, Bad>> = {
  parsed: [
    [
      "a key that there is none of",
      RUN.replace("runs-on", "stepps: []\n    runs-on"),
      "Unexpected value 'stepps'",
    ],
    ["no machine", BARE.replace("runs-on: x, ", ""), "Required property is missing: runs-on"],
    ["a need of no job", `${BARE}  two: { needs: three, runs-on: x, steps: [] }\n`, "unknown job 'three'"],
    ["a context that there is none of", steps("- { run: a, name: '${{ seecrets.A }}' }"), "seecrets"],
    ["a call of no file", call(GOOD).replace("called", "other"), "Unable to find reusable workflow"],
    ["a call without what is required", call(""), "Input issue is required, but not provided"],
    ["a call with another input", call("with: { issue: a, isue: a }"), "Invalid input, isue is not defined"],
    ["a call with a secret", call(`${GOOD}\nsecrets: { key: a }`), "Invalid secret, key is not defined"],
  ],
  linted: [
    ["an unknown property", steps("- { run: a, if: github.acter == 1 }"), 'property "acter" is not defined'],
    ["an unknown shell", steps("- { run: a, shell: fish }"), 'shell name "fish" is invalid'],
    ["a title in a shell line", steps("- run: a ${{ github.event.issue.title }}"), "potentially untrusted"],
    ["an action without its version", steps("- uses: actions/checkout"), "ref is missing"],
  ],
  calls: [
    [
      "a wrong type",
      call('with: { issue: "${{ inputs.whether }}" }'),
      "gives 'issue' as a boolean, a string",
    ],
    ["text for a number", call("with: { issue: a, count: many }"), "gives 'count' as a string, a number"],
    [
      "a stranger's workflow",
      call(GOOD).replace("./", "a/b/").replace("yml", "yml@v1"),
      "not of this repository",
    ],
  ],
  actionInputs: [
    ["a misspelt input", steps("- { uses: $/action, with: { job: a, tittle: a } }"), "gives 'tittle', which"],
    ["a required input left out", steps("- uses: ./action"), "does not give 'job' to ./action"],
    ["an action that is not there", steps("- uses: ./acton"), "uses ./acton, which is not there"],
  ],
  references: [
    [
      "an input that is not there",
      call('with: { issue: "${{ inputs.isue }}" }'),
      "'inputs.isue' is not there",
    ],
    ["a later step", steps("- { run: a, if: steps.b.outcome }\n- { id: b, run: b }"), "not of a step before"],
    [
      "an output that the action has not",
      steps(`${OUTPUT}- { run: a, if: steps.b.outputs.ende }`),
      "'steps.b.outputs.ende' is not an output",
    ],
    [
      "the same by index",
      steps(`${OUTPUT}- { run: a, if: "!(steps['b']['outputs']['ende'])" }`),
      "'steps.b.outputs.ende' is not an output",
    ],
    [
      "a job that is not needed",
      `${BARE}  two: { runs-on: x, if: needs.one.result, steps: [] }\n`,
      "'needs.one.result' is not of a job in 'needs'",
    ],
    [
      "an output that no job has",
      `${call(GOOD)}  two: { needs: one, runs-on: x, if: needs.one.outputs.start, steps: [] }\n`,
      "'needs.one.outputs.start' is not an output",
    ],
    ["a secret", steps("- { run: a, env: { A: '${{ secrets.KEY }}' } }"), "'secrets.KEY' is a secret"],
    [
      "an output of no job",
      CALLED.replace("jobs.work.outputs.end", "jobs.work.outputs.ende"),
      "is not there",
    ],
  ],
  permissions: [
    [
      "none at the top",
      RUN.replace("permissions: { contents: read }", ""),
      "names no permissions at its top",
    ],
    ["all at the top", RUN.replace("{ contents: read }", "write-all"), "the workflow has write-all"],
    ["all in a job", BARE.replace("runs-on", "permissions: read-all, runs-on"), "job 'one' has read-all"],
    [
      "writing for all jobs",
      RUN.replace("contents: read", "contents: write"),
      "'contents: write' at its top",
    ],
    ["reading for all jobs", RUN.replace("contents: read", "issues: read"), "'issues: read' at its top"],
    ["too few handed on", call(GOOD, "contents: read"), "asks for 'id-token: write', job 'one' has 'none'"],
    [
      "too few handed on by the job",
      call(`${GOOD}\npermissions: { id-token: write }`),
      "asks for 'contents: read', job 'one' has 'none'",
    ],
    [
      "too many handed on",
      call(GOOD, "contents: write, id-token: write"),
      "hands on 'contents: write', which no",
    ],
  ],
  triggers: [
    ["pull_request_target", RUN.replace("push", "pull_request_target"), "triggered by pull_request_target"],
    ["the same in a list", RUN.replace("push", "[push, pull_request_target]"), "by pull_request_target"],
    ["the same with settings", RUN.replace("push", "{ pull_request_target: {} }"), "by pull_request_target"],
  ],
  programs: [
    ["an input in a shell line", steps("- run: a ${{ inputs.a }}"), "has an expression in 'run'"],
    [
      "an input in a script",
      steps("- { uses: actions/github-script@v8, with: { script: 'f(${{ inputs.a }})' } }"),
      "has an expression in 'script'",
    ],
  ],
  secrets: [
    ["all of them", call(`${GOOD}\nsecrets: inherit`), "hands on all secrets"],
    ["one of them", call(`${GOOD}\nsecrets: { key: a }`), "hands on the secret 'key'"],
  ],
  foreignActions: [
    [
      "an action of somebody else",
      steps("- uses: other/action@v1"),
      "uses other/action@v1, which is neither",
    ],
    ["an image", steps("- uses: docker://alpine:3"), "uses docker://alpine:3, which is neither"],
  ],
  timeouts: [["a job without one", BARE, "job 'one' has no timeout-minutes"]],
  credentials: [
    ["a plain checkout", steps("- uses: actions/checkout@v5"), "leaves its token in the checkout"],
    [
      "a checkout that says so",
      steps("- { uses: actions/checkout@v5, with: { persist-credentials: true } }"),
      "leaves its token in the checkout",
    ],
  ],
};
