/**
 * Guards, and how each is taken out: a piece of the product's source, replaced while a simulation loads it. The
 * product itself has no such switch.
 */
import { fileURLToPath } from "node:url";
import { type Cut, replaceOnLoad } from "./cuts.ts";
import type { Profile } from "./knobs.ts";
import type { Question } from "./small-scope.ts";

/** Where its absence shows, whatever else is run: worlds of chance, or one thing that goes wrong in the small scope. */
export type Shows =
  | { readonly profile: Profile; readonly seeds: readonly number[] }
  | { readonly question: Question; readonly name: string; readonly outcome: string };

export interface Guard {
  /** What is missing then. */
  readonly about: string;
  readonly shows: Shows;
  readonly cuts: readonly Cut[];
}

/** A condition that never holds. */
const NEVER = "if (false as boolean) {";

export const GUARDS = {
  barrier: {
    about:
      "nobody proves that it may act: whoever is started works, and what is not seen yet is started again",
    shows: { profile: "cascade", seeds: [1, 2] },
    cuts: [
      {
        file: "src/barrier/claim.ts",
        from: "if (open.claim) return own(proof, open.claim, run);",
        to: 'if (run) return { kind: "claimed", claim: makeClaim({ run, open, head: view.head, readAt: proof.readAt }) };',
      },
      {
        file: "src/barrier/claim.ts",
        from: "  if (!open?.claim || !sameRun(open.claim, run)) {",
        to: "  if (run) return open as OpenEdge;\n  if (!open?.claim || !sameRun(open.claim, run)) {",
      },
      { file: "src/barrier/claim.ts", from: "  if (ref?.value !== head)\n", to: "  if (false as boolean)\n" },
      {
        file: "src/app/exchange.ts",
        from: '  if (!mine && purpose !== "gate")\n',
        to: "  if (false as boolean)\n",
      },
      {
        file: "src/core/decide-unclaimed.ts",
        from: "const alive = starts.find((run) => !isOver(run));",
        to: "const alive = undefined as StartView | undefined;",
      },
      {
        file: "src/core/decide-unclaimed.ts",
        from: "const owner = starts.starts.find((run) => run.worked);",
        to: "const owner = undefined as StartView | undefined;",
      },
    ],
  },
  chain: {
    about: "steps are made without compare-and-set: the last one counts",
    shows: { question: "writes", name: "gate:chain.move", outcome: "403, secondary limit" },
    cuts: [{ file: "src/github/writes.ts", from: "force: false", to: "force: true" }],
  },
  digest: {
    about: "a marker counts whatever the chain declares",
    shows: { question: "acts", name: "gate:exchange", outcome: "the last marker is edited" },
    cuts: [
      { file: "src/barrier/prove.ts", from: "if (decoded.digest !== open.digest) {", to: NEVER },
      {
        file: "src/core/ledger.ts",
        from: "else if (declared.has(decoded.digest)) {",
        to: "else if (declared) {",
      },
    ],
  },
  probe: {
    about:
      "what got no answer is sent again, without a look; with it goes the job's allowance, which stops the second request too",
    shows: { question: "writes", name: "effect:review.request", outcome: "landed, answer lost" },
    cuts: [
      {
        file: "src/barrier/perform.ts",
        from: 'end.kind === "unknown" ? LOOKS : []',
        to: "[]",
      },
      {
        file: "src/barrier/perform.ts",
        from: "for (const pause of [0, ...pauses]) {",
        to: "for (const pause of pauses) {",
      },
      {
        file: "src/barrier/perform.ts",
        from: 'if (handler.repeat === "once" || sent >= RESENDS)',
        to: "if (sent >= RESENDS)",
      },
      {
        file: "src/barrier/perform.ts",
        from: "await look(site, () => probe(site, effect), UNTIL_SURE)",
        to: '({ kind: "absent" }) as Probe<Value>',
      },
      {
        file: "action/allowance.ts",
        from: "if (over.length > 0) {",
        to: NEVER,
      },
    ],
  },
  generation: {
    about: "the next generation does not wait for the end of the one before",
    shows: { question: "acts", name: "agent:read", outcome: "the entry label is set again" },
    cuts: [
      {
        file: "src/core/decide-claimed.ts",
        from: 'if (act && !open.cancel) return { kind: "advance", steps: [{ step: "cancel", why: "act" }], markers: [] };',
        to: `if (act && snapshot.chain.kind === "sound") {
    const lost = { attempt: open.attempt, run: open.claim, url: "", conclusion: "", worked: 0 };
    const fence: Step[] = open.cancel ? [] : [{ step: "cancel", why: "act" }];
    return obey(snapshot, snapshot.chain.state, [...fence, { step: "settle", edge: open.edge, attempt: open.attempt, as: "lost", lost }], act);
  }`,
      },
    ],
  },
  governor: {
    about: "nobody remembers when a limit ends",
    shows: { question: "writes", name: "app:label", outcome: "403, secondary limit" },
    cuts: [
      {
        file: "src/github/governor.ts",
        from: "blockedUntil = Math.max(blockedUntil, clock.now() + pause);",
        to: "void pause;",
      },
    ],
  },
  settle: {
    about: "what is not seen when a run is over is settled as lost at once, without the quiet period",
    shows: { question: "writes", name: "effect:review.request", outcome: "lands a minute late" },
    cuts: [
      {
        file: "src/core/decide-claimed.ts",
        from: "if (now < quietAt || (probedSince ?? 0) < quietAt) {",
        to: NEVER,
      },
    ],
  },
} satisfies Record<string, Guard>;

export type GuardName = keyof typeof GUARDS;

const TOP = fileURLToPath(new URL("../..", import.meta.url));

/** To be called before the product is loaded. Throws where a guard is no longer where it is said to be. */
export function takeOut(name: GuardName): void {
  const cuts: readonly Cut[] = GUARDS[name].cuts;
  replaceOnLoad((url) => {
    const path = url.startsWith("file:") ? fileURLToPath(url).slice(TOP.length) : undefined;
    return cuts.filter(({ file }) => file === path);
  });
}
