/** What a report's futures say where parameters are moved: weighed anew, none solved again. */

import { row, type Document } from "../document";
import { weightsNear } from "../live/near";
import type { Share } from "../numbers";
import { shareOf, type Weights } from "../weights";

const samples = new WeakMap<Document, Record<string, Float64Array>>();

/** The sampled values of each parameter, [future]. */
function sampleOf(doc: Document): Record<string, Float64Array> {
  let found = samples.get(doc);
  if (!found) {
    const table = doc.futures.parameters;
    found = {};
    for (const one of doc.parameters)
      if (table && one.sample !== null) found[one.name] = Float64Array.from(row(table, one.sample));
    samples.set(doc, found);
  }
  return found;
}

/** Weights of futures by how near they are to what is pinned; null where nothing is. */
export function weightsOf(doc: Document, pinned: Readonly<Record<string, number>>): Weights {
  if (!Object.keys(pinned).length) return null;
  const parameters = doc.parameters.map((one) => ({
    name: one.name,
    kind: one.prior?.kind ?? null,
    stops: one.prior?.stops ?? null,
  }));
  return weightsNear({ futures: doc.futures.count, parameters: sampleOf(doc) }, parameters, pinned);
}

/** The share of each claim under weights, by its name; null where nothing is weighed. */
export function sharesOf(doc: Document, weights: Weights): Record<string, Share> | null {
  if (!weights) return null;
  return Object.fromEntries(
    doc.claims.flatMap((claim) =>
      claim.futures ? [[claim.name, shareOf(claim.futures.values, weights)] as const] : [],
    ),
  );
}
