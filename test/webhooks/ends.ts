/** What a list of requests comes to: the steps of the chain, markers, labels and runs that they ask GitHub for. */
import type { Json } from "../../src/core/canonical.ts";
import type { Step } from "../../src/core/chain.ts";
import type { ChainRecord } from "../../src/core/commit-message.ts";
import type { Marker } from "../../src/core/marker.ts";
import { isFields } from "./readable.ts";
import type { End, Exchange } from "./recording.ts";

/** `rests`: what the app said last. */
export function endOf(exchanges: readonly Pick<Exchange, "request" | "body">[], rests: string | null): End {
  const end = {
    chain: [] as string[][],
    markers: [] as Record<string, Json>[],
    labels: [] as string[],
    started: [] as string[],
    rests,
  };
  for (const { request, body } of exchanges) {
    const fields = isFields(body) ? body : {};
    const { message, body: comment, labels } = fields;
    if (/^POST .*\/git\/commits$/.test(request) && isFields(message)) {
      end.chain.push((message.record as unknown as ChainRecord).steps.map(stepOf));
    }
    // The status comment has none, and tells what is here already.
    if (/^POST .*\/comments$/.test(request) && isFields(comment) && comment.marker !== undefined) {
      end.markers.push(markerOf(comment.marker as unknown as Marker));
    }
    if (/^POST .*\/labels$/.test(request)) end.labels.push(...(labels as string[]).map((name) => `+${name}`));
    const removed = /^DELETE .*\/labels\/(.+)$/.exec(request)?.[1];
    if (removed !== undefined) end.labels.push(`-${decodeURIComponent(removed)}`);
    const started = /^POST .*\/workflows\/(.+)\/dispatches$/.exec(request)?.[1];
    if (started !== undefined) end.started.push(started);
  }
  return end;
}

function stepOf(step: Step): string {
  switch (step.step) {
    case "declare":
      return `declare ${step.edge}`;
    case "settle":
      return `settle ${step.edge} as ${step.as}`;
    case "cancel":
    case "seal":
      return `${step.step} (${step.why})`;
    case "hold":
    case "result":
      return `${step.step} (${step.reason})`;
    case "raise":
    case "claim":
    case "refuse":
    case "ask":
    case "answer":
    case "override":
    case "resume":
      return step.step;
  }
}

function markerOf(marker: Marker): Record<string, Json> {
  if (marker.type === "intent") {
    return { type: marker.type, edge: marker.edge, effects: marker.effects.map(({ kind }) => kind) };
  }
  if (marker.type === "question") {
    return { type: marker.type, findings: marker.findings.map(({ code }) => code) };
  }
  if (marker.type === "answer") return { type: marker.type, says: marker.says.map(({ about }) => about) };
  return { type: marker.type, reason: marker.reason, detail: marker.detail };
}
