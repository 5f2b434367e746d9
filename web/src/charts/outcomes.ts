/** One outcome under every doctrine: each future, the median, and 5 to 95 % of futures. */

import * as Plot from "@observablehq/plot";
import { row, type Document, type Outcome } from "../document";
import { effective, orderOf, quantiles, type Weights } from "../weights";
import {
  axisFormat,
  axisLabel,
  base,
  doctrineColour,
  drawn,
  element,
  fitted,
  formatter,
  strokes,
  widest,
  type PlotElement,
} from "./look";
import type { Table } from "./table";

/** Pixels of a doctrine's row: strokes above, the interval below them. */
export const ROW = 23;
const MIDDLE = 0.36;
const BELOW = 0.3;

export interface Summary {
  doctrine: string;
  low: number;
  median: number;
  high: number;
}

const orders = new WeakMap<object, Uint32Array[]>();

/** Quantiles under each doctrine; the order of futures is kept between calls. */
export function summaries(doc: Document, outcome: Outcome, weights: Weights): Summary[] {
  let known = orders.get(outcome);
  if (!known) {
    known = doc.crisis.doctrines.map((_, d) => orderOf(row(outcome.values, d)));
    orders.set(outcome, known);
  }
  return doc.crisis.doctrines.map(({ name }, d) => {
    const [low = NaN, median = NaN, high = NaN] = quantiles(
      row(outcome.values, d),
      weights,
      [0.05, 0.5, 0.95],
      known[d],
    );
    return { doctrine: name, low, median, high };
  });
}

/** What a chart of an outcome may be told beside its data. */
export interface Look {
  weights?: Weights;
  /** Futures that are marked in every chart. */
  marked?: ReadonlySet<number> | null;
  /** The ends of the axis; by default those of all futures. */
  domain?: [number, number];
}

/** Rows are doctrines; faint strokes are futures, fainter where they count less. */
export function drawOutcome(
  doc: Document,
  outcome: Outcome,
  width: number,
  { weights = null, marked = null, domain = extent(outcome) }: Look = {},
): PlotElement {
  const names = doc.crisis.doctrines.map((doctrine) => doctrine.name);
  const marginLeft = Math.round(widest(names, Math.max(90, width * 0.4)));
  const found = summaries(doc, outcome, weights);
  const band = ROW;
  const most = weights ? Math.max(...weights) : 1;
  return drawn(
    base(width, {
      height: names.length * band + 48,
      marginLeft,
      marginRight: 14,
      marginTop: 4,
      marginBottom: 40,
      x: { domain, nice: true, label: null, zero: false },
      y: { type: "band", domain: names, padding: 0.12, label: null },
      marks: [
        Plot.axisX({
          tickFormat: axisFormat(outcome.share),
          ticks: Math.max(2, Math.floor((width - marginLeft) / 55)),
          tickSize: 3,
          label: fitted(axisLabel(outcome.name, outcome.unit, outcome.share), width - 10),
          labelArrow: "none",
          labelAnchor: "right",
          labelOffset: 36,
        }),
        Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 4 }),
        Plot.axisY({
          tickSize: 0,
          tickFormat: (name: string) => fitted(name, marginLeft - 8),
          fill: "var(--ink)",
        }),
        futureStrokes(doc, outcome, weights, most, marked),
        Plot.ruleY(found, { y: "doctrine", x1: "low", x2: "high", stroke: doctrineOf(names), strokeWidth: 1.6, dy: BELOW * ROW }),
        Plot.dot(found, { y: "doctrine", x: "median", r: 3.4, fill: doctrineOf(names), dy: BELOW * ROW }),
      ],
    }),
  );
}

function doctrineOf(names: string[]): (d: { doctrine: string }) => string {
  return (d) => doctrineColour(names.indexOf(d.doctrine));
}

/** Futures in four strengths by what they count, and the marked ones over all. */
function futureStrokes(
  doc: Document,
  outcome: Outcome,
  weights: Weights,
  most: number,
  marked: ReadonlySet<number> | null,
): Plot.Markish {
  const faint = Math.max(0.1, Math.min(0.6, 4 / Math.sqrt(doc.futures.count)));
  return (_index, scales) => {
    const group = element("g", { fill: "none", class: "futures" });
    const x = scales.x as unknown as (value: number) => number;
    const y = scales.y as unknown as ((name: string) => number) & { bandwidth: () => number };
    doc.crisis.doctrines.forEach(({ name }, d) => {
      const values = row(outcome.values, d);
      const xs = Float64Array.from(values, (value) => x(value));
      const middle = y(name) + bandwidthOf(y) * MIDDLE;
      const half = bandwidthOf(y) * 0.28;
      for (let level = 1; level <= (weights ? 4 : 1); level++) {
        const path = strokes(xs, middle, half, (i) => {
          if (!weights) return true;
          const share = (weights[i] ?? 0) / most;
          return share > 0.004 && Math.min(4, Math.max(1, Math.ceil(4 * share))) === level;
        });
        if (path)
          group.append(
            element("path", {
              d: path,
              stroke: doctrineColour(d),
              "stroke-opacity": weights ? Math.min(0.9, faint * level * 0.8) : faint,
            }),
          );
      }
      if (marked?.size) {
        const path = strokes(xs, middle, half * 1.35, (i) => marked.has(i));
        if (path) group.append(element("path", { d: path, stroke: "var(--ink)", "stroke-width": 1.4 }));
      }
    });
    return group;
  };
}

function bandwidthOf(scale: { bandwidth?: () => number }): number {
  return scale.bandwidth?.() ?? 16;
}

/** The least and greatest value in any future; shares of courses that are all small stay so. */
export function extent(outcome: Outcome): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of outcome.values.values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return [low - 0.5, high + 0.5];
  return [low, high];
}

export function outcomeTable(doc: Document, outcome: Outcome, weights: Weights): Table {
  const found = summaries(doc, outcome, weights);
  const scale = Math.max(...found.map((one) => Math.max(Math.abs(one.low), Math.abs(one.high))));
  const format = formatter(outcome.share, scale);
  const several = outcome.rows.some((one) => one.regret !== null);
  const limited = outcome.rows.some((one) => one.limit !== null);
  const noisy = outcome.rows.some((one) => one.noise !== null);
  const number = (value: number | null | undefined) => (value == null ? null : format(value));
  const percent = (value: number | null | undefined) => (value == null ? null : formatter(true, 1)(value));
  return {
    columns: [
      "doctrine",
      "median",
      "5 %",
      "95 %",
      ...(several ? ["regret", "largest"] : []),
      ...(limited ? ["limit"] : []),
      ...(noisy ? ["noise"] : []),
    ],
    rows: found.map((one, d) => {
      const own = outcome.rows[d];
      return [
        one.doctrine,
        format(one.median),
        format(one.low),
        format(one.high),
        ...(several ? [number(own?.regret), number(own?.most_regret)] : []),
        ...(limited ? [number(own?.limit)] : []),
        ...(noisy ? [percent(own?.noise)] : []),
      ];
    }),
  };
}

export function outcomeLabel(doc: Document, outcome: Outcome, weights: Weights): string {
  const of = weights ? `${Math.round(effective(weights, doc.futures.count))} effective` : `${doc.futures.count}`;
  return (
    `${axisLabel(outcome.name, outcome.unit, outcome.share)} under ${doc.crisis.doctrines.length} ` +
    `doctrines: median, 5 to 95 %, and each of ${of} futures. The numbers are in the table below.`
  );
}
