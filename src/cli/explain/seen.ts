/** What of the work GitHub shows, and what is declared and cannot be seen: one line each. */
import type { Observer } from "../../app/observe/index.ts";
import type { Site } from "../../barrier/index.ts";
import type { ChainState } from "../../core/chain.ts";
import type { DeclaredMarker } from "../../core/commit-message.ts";
import { missing } from "../../core/fates.ts";
import { branchOf } from "../../core/keys.ts";
import { digestOfMarker } from "../../core/marker.ts";
import { superseded } from "../../core/moves.ts";
import type { Snapshot } from "../../core/snapshot.ts";
import { markerWords } from "./marker-words.ts";

export function stateOf(observer: Observer): ChainState | undefined {
  const chain = observer.chain();
  return chain.kind === "sound" ? chain.state : undefined;
}

export function visibleOf(observer: Observer, issue: number): readonly string[] {
  const { branch, pulls = [], gate, opened = [] } = observer.snapshot() ?? {};
  const state = stateOf(observer);
  const generation = state?.open?.generation ?? state?.generation ?? 1;
  const name = branchOf(issue, generation);
  return [
    ...(branch && branch.kind !== "absent"
      ? [`branch ${name} at ${branch.sha}${branch.kind === "own" ? "" : ", which Cairn did not make"}`]
      : []),
    ...pulls.map(
      (pull) => `pull request #${pull.number} ${pull.merged ? "merged" : pull.state} at ${pull.head}`,
    ),
    ...opened
      .filter((one) => one.generation !== generation)
      .map((one) => `pull request #${one.pull} of generation ${one.generation}, still open`),
    ...(gate ? [`merge gate ${gateWords(gate)}`] : []),
  ];
}

function gateWords(gate: NonNullable<Snapshot["gate"]>): string {
  switch (gate.kind) {
    case "open":
      return `open for ${gate.head}`;
    case "synthetic":
      return `open for ${gate.head}, which is closed instead: the issue is a try`;
    case "update":
      return `open for ${gate.head}, which is brought up to date with its base first`;
    case "review":
      return `waits for the review command to look at ${gate.head}`;
    case "waits":
      return `waits (${gate.code}) for ${gate.for}`;
    case "refused":
      return `refuses (${gate.reason}): ${gate.detail}`;
  }
}

export function missingOf(observer: Observer, declared: readonly DeclaredMarker[]): readonly string[] {
  const snapshot = observer.snapshot();
  const state = stateOf(observer);
  const visible = snapshot?.ledger?.ledger.visible;
  const unseen = declared.filter((marker) => !visible?.has(digestOfMarker(marker)));
  const beyond = snapshot?.ledger?.ledger.beyond ?? [];
  return [
    ...unseen.map(
      (marker) => `the comment of the ${marker.type} at step ${marker.seq}: ${markerWords(marker)}`,
    ),
    ...beyond.map(({ comment, seq }) =>
      seq === null
        ? `the chain, behind a step of which comment ${comment} was written`
        : `step ${seq} of the chain, which comment ${comment} cites`,
    ),
    ...(state?.open && snapshot?.branch && snapshot.pulls
      ? missing(state.open, {
          branch: snapshot.branch,
          pulls: snapshot.pulls,
          superseded: superseded(snapshot, state.generation),
        }).map(({ key }) => `the effect ${key}`)
      : []),
  ];
}

/** Checks on the head of the open pull request, and those that its base requires. */
export async function checksOf(site: Site, observer: Observer): Promise<readonly string[]> {
  const pull = observer.snapshot()?.pulls?.find(({ state }) => state === "open");
  if (!pull) return [];
  const base = (await site.reads.pull(pull.number))?.value.baseRef;
  const required = base === undefined ? [] : (await site.reads.branchRules(base)).value.checks;
  const reported = (await site.reads.checks(pull.head)).value;
  const wanted = new Set(required.map(({ name }) => name));
  const silent = [...wanted].filter((name) => !reported.some((check) => check.name === name));
  return [
    ...reported.map(
      ({ name, status, conclusion }) =>
        `check ${name}: ${conclusion ?? status}${wanted.has(name) ? ", required" : ""}`,
    ),
    ...silent.map((name) => `check ${name}: required, and nobody has reported it`),
  ];
}
