/** A marker in one line. */
import type { IntentMarker, Marker, ResultMarker } from "../../core/marker.ts";
import type { Edge } from "../../core/words.ts";

export function markerWords(marker: Marker): string {
  switch (marker.type) {
    case "intent":
      return `${turnOf(marker)}${mended(marker)}: ${marker.effects.map(({ key }) => key).join(", ")}`;
    case "result":
      return `${turnOf(marker)} by run ${marker.run.id}: ${marker.reason}${treeOf(marker)} ${marker.detail}`.trimEnd();
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

/** Behind a check that said no: the work that is to be mended. */
const mended = ({ edge, mends }: IntentMarker): string => (mends ? `, mends ${edge}/${mends.attempt}` : "");

/** The files that the check refused. */
const treeOf = ({ tree }: ResultMarker): string =>
  tree === undefined ? "" : ` of tree ${tree.slice(0, 12)}`;

const turnOf = (of: { readonly edge: Edge; readonly attempt: number; readonly generation: number }): string =>
  `${of.edge}/${of.attempt} of generation ${of.generation}`;
