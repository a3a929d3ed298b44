/** A marker in one line. */
import type { Marker } from "../../core/marker.ts";
import type { Edge } from "../../core/words.ts";

export function markerWords(marker: Marker): string {
  switch (marker.type) {
    case "intent":
      return `${turnOf(marker)}: ${marker.effects.map(({ key }) => key).join(", ")}`;
    case "result":
      return `${turnOf(marker)} by run ${marker.run.id}: ${marker.reason} ${marker.detail}`.trimEnd();
    case "hold":
    case "alarm":
      return `${marker.reason} ${marker.detail}`.trimEnd();
    case "question":
      return marker.findings.map(({ code, detail }) => `${code} ${detail}`.trimEnd()).join("; ");
    case "answer":
      return marker.says.map(({ about }) => about).join(", ");
    case "refusal":
      return `${marker.reason}: ${marker.detail}`;
  }
}

const turnOf = (of: { readonly edge: Edge; readonly attempt: number; readonly generation: number }): string =>
  `${of.edge}/${of.attempt} of generation ${of.generation}`;
