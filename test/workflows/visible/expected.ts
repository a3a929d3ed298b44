/** What each job of the workflow may see: the table that the runs are held against. */
import type { Row } from "./table.ts";

const RUNTIME = ["ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_RUNTIME_URL"];
const IDENTITY = ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL"];
const inputs = (...names: string[]): string[] => names.map((name) => `INPUT_${name.toUpperCase()}`);
const GIT = { variables: [], secrets: {} };

/** Of the jobs that read the chain's head for themselves, with the job's own token. */
const OF_CLAIM = [
  ...RUNTIME,
  ...inputs("claim", "claim-attempt", "directory", "github-token", "identity", "intent", "issue"),
  ...inputs("issue-digest", "job", "needs"),
].sort();

export const EXPECTED: Readonly<Record<string, Row>> = {
  gate: {
    token: "id_token: write, metadata: read",
    exchanged: [
      // A merge, which no agent stands before.
      "checks: read, contents: write, issues: read, pull_requests: write, statuses: read",
      "contents: write, issues: read",
    ],
    processes: {
      node: {
        variables: [...IDENTITY, ...RUNTIME, ...inputs("app", "intent", "issue", "job", "needs")].sort(),
        secrets: {
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "id token request of gate",
          ACTIONS_RUNTIME_TOKEN: "runtime token of gate",
        },
      },
    },
  },
  triage: {
    token: "contents: read, metadata: read",
    exchanged: [],
    processes: {
      node: {
        variables: [
          ...RUNTIME,
          ...inputs("claim-attempt", "directory", "intent", "issue", "issue-digest", "job", "needs"),
        ].sort(),
        // Of the job's own token it gets nothing.
        secrets: { ACTIONS_RUNTIME_TOKEN: "runtime token of triage" },
      },
      "git of the runner": { variables: [], secrets: { "(command line)": "token of triage" } },
    },
  },
  agent: {
    token: "contents: read, metadata: read",
    exchanged: [],
    processes: {
      node: {
        variables: [...OF_CLAIM, ...inputs("answer")].sort(),
        secrets: {
          ACTIONS_RUNTIME_TOKEN: "runtime token of agent",
          "INPUT_GITHUB-TOKEN": "token of agent",
        },
      },
      "git of the action": GIT,
      // It fetches, before the agent is there, and keeps nothing.
      "git of the runner": { variables: [], secrets: { "(command line)": "token of agent" } },
    },
  },
  verify: {
    token: "contents: read, metadata: read",
    exchanged: [],
    processes: {
      node: {
        variables: OF_CLAIM,
        secrets: {
          ACTIONS_RUNTIME_TOKEN: "runtime token of verify",
          "INPUT_GITHUB-TOKEN": "token of verify",
        },
      },
      "git of the action": GIT,
      "git of the runner": { variables: [], secrets: { "(command line)": "token of verify" } },
    },
  },
  check: {
    token: "contents: read, metadata: read",
    exchanged: [],
    processes: {
      node: {
        variables: [
          ...RUNTIME,
          ...inputs(
            "claim-attempt",
            "digest",
            "directory",
            "intent",
            "issue",
            "issue-digest",
            "job",
            "needs",
          ),
        ].sort(),
        // Of the job's own token it gets nothing.
        secrets: { ACTIONS_RUNTIME_TOKEN: "runtime token of check" },
      },
      "git of the action": GIT,
      "git of the runner": { variables: [], secrets: { "(command line)": "token of check" } },
    },
  },
  review: {
    token: "contents: read, metadata: read",
    exchanged: [],
    processes: {
      node: {
        variables: OF_CLAIM,
        secrets: {
          ACTIONS_RUNTIME_TOKEN: "runtime token of review",
          "INPUT_GITHUB-TOKEN": "token of review",
        },
      },
      "git of the runner": { variables: [], secrets: { "(command line)": "token of review" } },
    },
  },
  effect: {
    token: "id_token: write, metadata: read",
    exchanged: [
      // A review publishes nothing.
      "contents: read, issues: read, pull_requests: write",
      "contents: write, issues: read, pull_requests: write",
    ],
    processes: {
      node: {
        variables: [
          ...IDENTITY,
          ...RUNTIME,
          ...inputs(
            "app",
            "claim",
            "digest",
            "directory",
            "intent",
            "issue",
            "job",
            "needs",
            "title",
            "triage",
          ),
        ].sort(),
        secrets: {
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "id token request of effect",
          ACTIONS_RUNTIME_TOKEN: "runtime token of effect",
        },
      },
    },
  },
  conclude: {
    token: "id_token: write, metadata: read",
    // Only where it has a result to leave.
    exchanged: ["contents: write, issues: write"],
    processes: {
      node: {
        variables: [
          ...IDENTITY,
          ...RUNTIME,
          ...inputs("app", "claim", "intent", "issue", "job", "needs"),
        ].sort(),
        secrets: {
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "id token request of conclude",
          ACTIONS_RUNTIME_TOKEN: "runtime token of conclude",
        },
      },
    },
  },
};
