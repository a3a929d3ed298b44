/** A repository with a claimed intent on one of its issues, and a site for whoever owns it. */
import {
  type Claim,
  claimIntent,
  createCommitCache,
  makeSteps,
  type Proof,
  readChain,
  type Site,
  waitUntilIntentVisible,
} from "../../src/barrier/index.ts";
import type { Step } from "../../src/core/chain.ts";
import { branchOf } from "../../src/core/keys.ts";
import { digestOfMarker, encodeMarker, type IntentMarker } from "../../src/core/marker.ts";
import { proseOf } from "../../src/core/prose.ts";
import type { Effect } from "../../src/core/words.ts";
import { connect, createGovernor, realClock } from "../../src/github/index.ts";
import { type Fixture, start } from "../sandbox/fixture.ts";

export interface Scene extends AsyncDisposable {
  readonly fixture: Fixture;
  readonly site: Site;
  readonly issue: number;
  /** Commit of a branch with one more file, made by the app. */
  branchCommit(message: string, path?: string, parent?: string): Promise<string>;
  /** A pull request with one commit, of the first generation's branch where no other is named; and its head. */
  openPull(message?: string, branch?: string): Promise<{ readonly number: number; readonly head: string }>;
  /** Declares an intent with these effects; its marker's comment. */
  declare(
    effects: readonly Effect[],
    change?: Partial<IntentMarker>,
  ): Promise<{ marker: IntentMarker; comment: number }>;
  /** Declares, proves and claims. */
  own(effects: readonly Effect[], run?: number): Promise<{ proof: Proof; claim: Claim }>;
}

export async function scene(): Promise<Scene> {
  const fixture = await start({ limits: "off" });
  const { sandbox, repository, app } = fixture;
  const token = await fixture.installationToken();
  const bot = sandbox.world.users.get(app.app.botId);
  const issue = (await fixture.as(fixture.tokens.maintainer)("POST", "~/issues", { title: "t", body: "b" }))
    .body.number;
  const site: Site = {
    issue: { repository: repository.id, number: issue },
    app: { appId: app.app.id, botId: app.app.botId, botLogin: bot?.login ?? "" },
    ...connect({
      apiUrl: sandbox.url,
      address: () => ({ owner: "acme", repo: "tools" }),
      clock: realClock,
      governor: createGovernor({ clock: realClock }),
      token: async () => token,
    }),
    clock: realClock,
    commits: createCommitCache(),
    namespace: "cairn",
  };

  async function declare(effects: readonly Effect[], change: Partial<IntentMarker> = {}) {
    const { value } = await readChain(site);
    if (value.kind === "foreign") throw new Error("foreign");
    const state = value.kind === "sound" ? value.state : undefined;
    const generation = Math.max(1, state?.generation ?? 1);
    const attempt = (state?.attempts.implement.last ?? 0) + 1;
    const first: Step[] = state?.generation ? [] : [{ step: "raise", generation: 1, act: 1, with: [] }];
    const marker: IntentMarker = {
      v: 1,
      type: "intent",
      issue: site.issue,
      seq: (state?.seq ?? 0) + first.length + 1,
      edge: "implement",
      generation,
      attempt,
      effects,
      budget: null,
      pins: { text: "t", config: "c", commit: "0".repeat(40), base: "main" },
      until: sandbox.clock.now() + 3_600_000,
      why: "a test",
      ...change,
    };
    const digest = digestOfMarker(marker);
    const steps: Step[] = [
      ...first,
      { step: "declare", edge: "implement", generation, attempt, digest, effects, budget: null },
    ];
    const end = await makeSteps(site, value, steps, [marker]);
    if (end.kind !== "made") throw new Error(`not declared: ${end.kind}`);
    const comment = await site.writes.createComment(issue, encodeMarker(proseOf(marker), marker));
    if (comment.kind !== "applied") throw new Error("no comment");
    return { marker, comment: comment.value.id };
  }

  async function branchCommit(
    message: string,
    path = "new.txt",
    parent = repository.refs.get("refs/heads/main") ?? "",
  ): Promise<string> {
    const base = await site.reads.commit(parent);
    const tree = await site.writes.createTree({
      baseTree: base?.value.tree ?? "",
      files: [{ path, mode: "100644", content: "new\n" }],
    });
    if (tree.kind !== "applied") throw new Error("no tree");
    const commit = await site.writes.createCommit({ message, tree: tree.value.sha, parents: [parent] });
    if (commit.kind !== "applied") throw new Error("no commit");
    return commit.value.sha;
  }

  return {
    fixture,
    site,
    issue,
    branchCommit,
    async openPull(message = "work", branch = branchOf(issue, 1)) {
      const head = await branchCommit(message);
      await site.writes.createRef(`refs/heads/${branch}`, head);
      const pull = await site.writes.createPull({ title: "t", body: "", head: branch, base: "main" });
      if (pull.kind !== "applied") throw new Error("no pull request");
      return { number: pull.value.number, head };
    },
    declare,
    async own(effects, run = 5) {
      const { comment } = await declare(effects);
      const proof = await waitUntilIntentVisible(site, comment, 1_000);
      const end = await claimIntent(site, proof, { id: run, attempt: 1 });
      if (end.kind !== "claimed") throw new Error("not claimed");
      return { proof, claim: end.claim };
    },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

/** Where a process that waits lets GitHub's time pass at once. */
export const patient = (s: Scene): Scene["site"] => ({
  ...s.site,
  clock: {
    ...s.site.clock,
    async sleep(ms) {
      s.fixture.sandbox.clock.advance(ms);
    },
  },
});
