/** The distribution over a variable's labels, period by period, under one doctrine. */

import * as Plot from "@observablehq/plot";
import type { Cube, Document, Ladder, Table2, Variable } from "../document";
import { rarePercent } from "../numbers";
import type { Weights } from "../weights";
import { SMALL, base, drawn, fitted, stepColour, textWidth, type PlotElement } from "./look";
import type { Table } from "./table";

/** Mean shares [period][label] under a doctrine: of all futures as written, or reweighted. */
export function ladderShares(ladder: Ladder, doctrine: number, weights: Weights): Table2 {
  if (weights && ladder.futures) return reweighted(ladder.futures, doctrine, weights);
  return ladder.mean[doctrine] ?? [];
}

function reweighted(cube: Cube, doctrine: number, weights: Float64Array): Table2 {
  const [, futures = 0, periods = 0, labels = 0] = cube.shape;
  const sums = new Float64Array(periods * labels);
  let total = 0;
  for (let future = 0; future < futures; future++) {
    const weight = weights[future] ?? 0;
    if (weight <= 0) continue;
    total += weight;
    const from = (doctrine * futures + future) * sums.length;
    for (let k = 0; k < sums.length; k++) sums[k]! += weight * (cube.values[from + k] ?? 0);
  }
  return Array.from({ length: periods }, (_, period) =>
    Array.from({ length: labels }, (_, label) => (sums[period * labels + label] ?? 0) / total),
  );
}

/** Bars that stack to one, the lowest label below; labels stand beside the last bar. */
export function drawLadder(variable: Variable, shares: Table2, width: number): PlotElement {
  const count = variable.labels.length;
  const height = 132;
  const marginRight = Math.min(92, 14 + Math.max(...variable.labels.map(textWidth)));
  const last = shares[shares.length - 1] ?? [];
  const bars = shares.flatMap((row, period) => {
    let below = 0;
    return row.map((share, label) => ({ period, label, y1: below, y2: (below += share) }));
  });
  let edge = 0;
  const ends = last.map((share, label) => ({ label, share, y: edge + share / 2, top: (edge += share) }));
  const room = 12 / (height - 34);
  const shown: typeof ends = [];
  for (const end of ends) {
    const before = shown[shown.length - 1];
    if (end.share > room * 0.55 && (!before || end.y - before.y > room)) shown.push(end);
  }
  return drawn(
    base(width, {
      height,
      marginLeft: 30,
      marginRight,
      marginTop: 8,
      marginBottom: 26,
      x: { type: "band", domain: shares.map((_, period) => period), padding: 0.08 },
      y: { domain: [0, 1] },
      marks: [
        Plot.barY(bars, {
          x: "period",
          y1: "y1",
          y2: "y2",
          fill: (d: { label: number }) => stepColour(d.label, count),
          shapeRendering: "crispEdges",
        }),
        Plot.axisY({ ticks: [0, 0.5, 1], tickFormat: (v: number) => `${100 * v}`, tickSize: 0, label: null }),
        Plot.axisX({ ticks: tickPeriods(shares.length), tickSize: 0, label: null }),
        Plot.text(shown, {
          x: () => shares.length - 1,
          y: "y",
          text: (d: { label: number }) => fitted(variable.labels[d.label] ?? "", marginRight - 12),
          textAnchor: "start",
          dx: 8 + (width - 30 - marginRight) / shares.length / 2,
          fill: "var(--ink)",
          fontSize: SMALL,
        }),
      ],
    }),
  );
}

/** The start, the end, and some periods between. */
export function tickPeriods(count: number): number[] {
  const step = Math.max(1, Math.ceil((count - 1) / 4));
  const ticks = [];
  for (let period = 0; period < count; period += step) ticks.push(period);
  return ticks;
}

export function ladderTable(doc: Document, variable: Variable, all: Table2[]): Table {
  return {
    columns: ["doctrine", "period", ...variable.labels],
    numbers: 1,
    rows: all.flatMap((shares, d) =>
      shares.map((row, period) => [
        doc.crisis.doctrines[d]?.name ?? "",
        period,
        ...row.map(rarePercent),
      ]),
    ),
  };
}
