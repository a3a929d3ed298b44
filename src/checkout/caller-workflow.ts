/** The workflow file that a repository adds: it starts Cairn's own workflow, and nothing else. */

/** Path of the caller in a repository. */
export const CALLER_PATH = ".github/workflows/cairn.yml";

/** `app`: address of the Cairn app, as jobs reach it. */
export function callerWorkflow({ app }: { readonly app: string }): string {
  return `name: cairn
run-name: "cairn #\${{ inputs.issue }} intent \${{ inputs.intent }}"
on:
  workflow_dispatch:
    inputs: { issue: { required: true }, intent: { required: true } }
permissions: { contents: read, id-token: write }
jobs:
  cairn:
    uses: cairn-dev/cairn/.github/workflows/cairn.yml@v1
    with: { issue: "\${{ inputs.issue }}", intent: "\${{ inputs.intent }}", app: "${app}" }
`;
}
