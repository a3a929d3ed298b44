/** Proof of an intent: the comment, read by its id by whoever wants to act, against the chain's open edge (I1, I7). */

import { textDigest } from "../core/canonical.ts";
import type { OpenEdge } from "../core/chain.ts";
import { withoutCommands } from "../core/commands/without-commands.ts";
import { isKnownKind } from "../core/keys.ts";
import { decodeMarker, type IntentMarker } from "../core/marker.ts";
import type { ChainView } from "../core/snapshot.ts";
import type { CommentInfo } from "../github/ports.ts";
import { readChain } from "./chain-read.ts";
import { Refusal } from "./errors.ts";
import { makeProof, type Proof } from "./proof.ts";
import type { Site } from "./site.ts";

/** Proves the intent in a comment. Throws `Refusal` with a code for each way in which it is none. */
export async function proveIntent(site: Site, comment: number): Promise<Proof> {
  const chain = await readChain(site);
  const view = soundOf(chain.value);
  const { open } = view.state;
  const found = await site.reads.comment(comment);
  if (!found) throw new Refusal("not-visible", `comment ${comment} is not there, or not to be seen yet`);
  const marker = intentOf(site, found.value, open);
  if (found.serverTime > marker.until && !open.claim) {
    throw new Refusal("expired", `it was to be taken up until ${new Date(marker.until).toISOString()}`);
  }
  return makeProof({ comment, marker, open, view, readAt: chain.readAt });
}

/** As `proveIntent`, but gives a marker that cannot be read yet up to `patience` ms. */
export async function waitUntilIntentVisible(site: Site, comment: number, patience: number): Promise<Proof> {
  const end = site.clock.now() + patience;
  for (let pause = 250; ; pause = Math.min(pause * 2, 4_000)) {
    try {
      return await proveIntent(site, comment);
    } catch (error) {
      const late = error instanceof Refusal && LATE.has(error.code);
      if (!late || site.clock.now() + pause > end) throw error;
      await site.clock.sleep(pause);
    }
  }
}

/** Refusals that a lagging read explains as well. */
const LATE: ReadonlySet<string> = new Set(["not-visible", "nothing-open", "undeclared"]);

type OpenView = Extract<ChainView, { kind: "sound" }> & { readonly state: { readonly open: OpenEdge } };

function soundOf(chain: ChainView): OpenView {
  switch (chain.kind) {
    case "absent":
      throw new Refusal("nothing-open", "the issue has no chain");
    case "foreign":
      throw new Refusal("chain-unsound", `the chain's head ${chain.head} is not the app's: ${chain.why}`);
    case "sound":
      if (!chain.state.open) throw new Refusal("nothing-open", "no edge of this issue is open");
      return chain as OpenView;
  }
}

function intentOf(site: Site, comment: CommentInfo, open: OpenEdge): IntentMarker {
  if (comment.appId !== site.app.appId) {
    throw new Refusal("not-ours", `${comment.author.login} wrote comment ${comment.id}, not the app`);
  }
  const decoded = decodeMarker(comment.body);
  if (decoded.kind !== "marker") {
    const why = decoded.kind === "malformed" ? decoded.why : "it ends without a marker";
    throw new Refusal("no-marker", `comment ${comment.id}: ${why}`);
  }
  const { marker } = decoded;
  const { repository, number } = marker.issue;
  if (repository !== site.issue.repository || number !== site.issue.number) {
    throw new Refusal("other-issue", `it belongs to issue ${number} of repository ${repository}`);
  }
  if (marker.type !== "intent")
    throw new Refusal("no-marker", `comment ${comment.id} holds a ${marker.type}`);
  if (marker.generation !== open.generation || marker.edge !== open.edge || marker.attempt !== open.attempt) {
    const it = `${marker.edge}/${marker.attempt} of generation ${marker.generation}`;
    throw new Refusal(
      "not-current",
      `${it} is not open: ${open.edge}/${open.attempt} of ${open.generation} is`,
    );
  }
  if (decoded.digest !== open.digest) {
    throw new Refusal("undeclared", `comment ${comment.id} does not have the digest that the chain declares`);
  }
  const unknown = marker.effects.find(({ kind }) => !isKnownKind(kind));
  // Before anything is claimed: else the attempt would be spent on doing nothing.
  if (unknown)
    throw new Refusal("unknown-effect", `it names ${unknown.key}, and there is no such effect here`);
  return marker;
}

/** What an intent is about: the issue's text, and what people answered to questions about it. */
export interface PinnedText {
  readonly title: string;
  readonly body: string;
  /** Names of its labels now: nothing pins them. */
  readonly labels: readonly string[];
  /** Without the commands in them. */
  readonly answers: readonly { readonly login: string; readonly body: string }[];
}

/** What the intent pins must be so still: the issue's text and the answers now, the configuration at its commit. */
export async function checkPins(
  site: Site,
  proof: Proof,
  configDigest: (commit: string) => Promise<string>,
): Promise<PinnedText> {
  const issue = await site.reads.issue(site.issue.number);
  if (!issue) throw new Refusal("text-changed", "the issue is not there");
  const { title, body, labels } = issue.value;
  if (textDigest(title, body) !== proof.marker.pins.text) {
    throw new Refusal("text-changed", "the issue's text is not the one that the intent was declared for");
  }
  if ((await configDigest(proof.marker.pins.commit)) !== proof.marker.pins.config) {
    throw new Refusal(
      "config-changed",
      "the configuration at the pinned commit is not the one that was declared",
    );
  }
  return { title, body, labels, answers: await pinnedAnswers(site, proof) };
}

async function pinnedAnswers(site: Site, { marker }: Proof): Promise<PinnedText["answers"]> {
  const answers = (marker.pins.answers ?? []).map(async ({ comment, digest }) => {
    const found = (await site.reads.comment(comment))?.value;
    if (!found || textDigest("", found.body) !== digest) {
      throw new Refusal("text-changed", `comment ${comment}, which belongs to the text, is not as it was`);
    }
    return { login: found.author.login, body: withoutCommands(found.body) };
  });
  return Promise.all(answers);
}
