/** How likely each value of a variable is at the start: bars, the lowest value below. */

import * as Plot from "@observablehq/plot";
import type { Beginning } from "../document";
import { percent } from "../numbers";
import { base, drawn, fitted, stepColour, widest, type PlotElement } from "./look";
import type { Table } from "./table";

export function drawStarts(start: Beginning["starts"][number], width: number): PlotElement {
  const { labels, shares } = start;
  const left = widest(labels, width * 0.35);
  return drawn(
    base(width, {
      height: 14 + 22 * labels.length,
      marginLeft: left,
      marginRight: 46,
      marginTop: 4,
      marginBottom: 4,
      x: { domain: [0, 1], axis: null },
      y: { type: "band", domain: labels.map((_, k) => k).reverse(), padding: 0.2 },
      marks: [
        Plot.barX(shares, { x: (share: number) => share, y: (_: number, k: number) => k, fill: (_: number, k: number) => stepColour(k, labels.length) }),
        Plot.text(shares, { x: (share: number) => share, y: (_: number, k: number) => k, text: percent, textAnchor: "start", dx: 5, fill: "var(--ink)" }),
        Plot.axisY({ tickSize: 0, label: null, tickFormat: (k: number) => fitted(labels[k] ?? "", left - 8) }),
      ],
    }),
  );
}

export function startsTable(start: Beginning["starts"][number]): Table {
  return {
    columns: [start.variable, "probability at the start"],
    rows: start.labels.map((label, k) => [label, percent(start.shares[k] ?? 0)]),
  };
}
