/** How far each doctrine falls behind the best in the same future; and two outcomes at once. */

import * as Plot from "@observablehq/plot";
import { row, type Document, type Outcome } from "../document";
import type { Weights } from "../weights";
import { summaries, type Look } from "./outcomes";
import {
  SMALL,
  apart,
  axisFormat,
  axisLabel,
  base,
  doctrineColour,
  drawn,
  element,
  fitted,
  widest,
  type PlotElement,
} from "./look";

export function drawRegret(doc: Document, outcome: Outcome, width: number): PlotElement {
  const names = doc.crisis.doctrines.map((doctrine) => doctrine.name);
  const marginLeft = Math.round(widest(names, Math.max(90, width * 0.4)));
  const colour = (d: { doctrine: string }) => doctrineColour(names.indexOf(d.doctrine));
  return drawn(
    base(width, {
      height: names.length * 20 + 48,
      marginLeft,
      marginRight: 14,
      marginTop: 4,
      marginBottom: 40,
      x: { zero: true, nice: true, label: null },
      y: { type: "band", domain: names, padding: 0.2, label: null },
      marks: [
        Plot.axisX({
          tickFormat: axisFormat(outcome.share),
          ticks: Math.max(2, Math.floor((width - marginLeft) / 55)),
          tickSize: 3,
          label: fitted(`regret in ${axisLabel(outcome.name, outcome.unit, outcome.share)}`, width - 10),
          labelArrow: "none",
          labelAnchor: "right",
          labelOffset: 36,
        }),
        Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 4 }),
        Plot.axisY({ tickSize: 0, tickFormat: (name: string) => fitted(name, marginLeft - 8), fill: "var(--ink)" }),
        Plot.ruleY(outcome.rows, { y: "doctrine", x1: "regret", x2: "most_regret", stroke: colour, strokeOpacity: 0.55 }),
        Plot.dot(outcome.rows, { y: "doctrine", x: "regret", r: 3.6, fill: colour }),
        Plot.dot(outcome.rows, { y: "doctrine", x: "most_regret", r: 3, stroke: colour, fill: "var(--paper)" }),
      ],
    }),
  );
}

/** Two outcomes at once: every future of every doctrine, and their medians with names. */
export function drawTradeOff(
  doc: Document,
  across: Outcome,
  up: Outcome,
  width: number,
  { weights = null, marked = null }: Look = {},
): PlotElement {
  const height = Math.min(520, Math.max(300, width * 0.62));
  const [first, second] = [summaries(doc, across, weights), summaries(doc, up, weights)];
  const points = doc.crisis.doctrines.map(({ name }, d) => ({
    d,
    name,
    x: first[d]?.median ?? NaN,
    y: second[d]?.median ?? NaN,
  }));
  const marginRight = Math.round(20 + widest(points.map((point) => point.name), width * 0.34));
  return drawn(
    base(width, {
      height,
      marginLeft: 54,
      marginRight,
      marginTop: 26,
      marginBottom: 42,
      x: { label: null, nice: true, domain: reach(doc, across, weights) },
      y: { label: null, nice: true, domain: reach(doc, up, weights) },
      marks: [
        Plot.axisX({
          tickFormat: axisFormat(across.share),
          ticks: Math.max(3, Math.floor(width / 90)),
          tickSize: 3,
          label: fitted(`${axisLabel(across.name, across.unit, across.share)}${hint(across, "←", "→")}`, width - 60),
          labelArrow: "none",
          labelAnchor: "center",
          labelOffset: 36,
        }),
        Plot.axisY({
          tickFormat: axisFormat(up.share),
          ticks: 6,
          tickSize: 3,
          label: fitted(`${axisLabel(up.name, up.unit, up.share)}${hint(up, "↓", "↑")}`, width - 60),
          labelArrow: "none",
        }),
        Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1 }),
        Plot.gridY({ stroke: "var(--rule)", strokeOpacity: 1 }),
        cloud(doc, across, up, weights, marked),
        names(points, marginRight - 16),
        Plot.dot(points, {
          x: "x",
          y: "y",
          r: 5,
          fill: (d: { d: number }) => doctrineColour(d.d),
          stroke: "var(--paper)",
          strokeWidth: 1.5,
        }),
      ],
    }),
  );
}

/** The range of an axis: 2 to 98 % of all futures, so that a few far ones do not press the rest. */
function reach(doc: Document, outcome: Outcome, weights: Weights): [number, number] {
  const all: number[] = [];
  doc.crisis.doctrines.forEach((_, d) => {
    const values = row(outcome.values, d);
    for (let i = 0; i < values.length; i++) if (!weights || (weights[i] ?? 0) > 0) all.push(values[i] ?? 0);
  });
  all.sort((a, b) => a - b);
  const low = all[Math.floor(0.02 * (all.length - 1))] ?? 0;
  const high = all[Math.ceil(0.98 * (all.length - 1))] ?? 1;
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function hint(outcome: Outcome, lower: string, higher: string): string {
  if (!outcome.better) return "";
  return `  ${outcome.better === "lower" ? lower : higher} better`;
}

function cloud(
  doc: Document,
  across: Outcome,
  up: Outcome,
  weights: Weights,
  marked: ReadonlySet<number> | null,
): Plot.Markish {
  const faint = Math.max(0.22, Math.min(0.6, 4 / Math.sqrt(doc.futures.count)));
  return (_index, scales, _values, dimensions) => {
    const group = element("g", { class: "futures" });
    const x = scales.x as unknown as (value: number) => number;
    const y = scales.y as unknown as (value: number) => number;
    const inside = (px: number, py: number) =>
      px >= dimensions.marginLeft - 1 &&
      px <= dimensions.width - dimensions.marginRight + 1 &&
      py >= dimensions.marginTop - 1 &&
      py <= dimensions.height - dimensions.marginBottom + 1;
    const most = weights ? Math.max(...weights) : 1;
    doc.crisis.doctrines.forEach((_, d) => {
      const [xs, ys] = [row(across.values, d), row(up.values, d)];
      let path = "";
      let strong = "";
      for (let i = 0; i < xs.length; i++) {
        if (weights && (weights[i] ?? 0) / most < 0.02) continue;
        const [px, py] = [x(xs[i] ?? NaN), y(ys[i] ?? NaN)];
        if (!inside(px, py)) continue;
        const dot = `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
        if (marked?.has(i)) strong += dot;
        else path += dot;
      }
      const stroke = { stroke: doctrineColour(d), "stroke-width": 3.2, "stroke-linecap": "round" };
      if (path) group.append(element("path", { d: path, "stroke-opacity": faint, ...stroke }));
      if (strong) group.append(element("path", { d: strong, ...stroke, "stroke-width": 5 }));
    });
    return group;
  };
}

/** Names in a column beside the chart, each with a fine line to its point. */
function names(points: { d: number; name: string; x: number; y: number }[], room: number): Plot.Markish {
  return (_index, scales, _values, dimensions) => {
    const group = element("g", { "font-size": SMALL });
    const x = scales.x as unknown as (value: number) => number;
    const y = scales.y as unknown as (value: number) => number;
    const { marginTop, marginBottom, height, width, marginRight } = dimensions;
    const left = width - marginRight + 14;
    const labels = apart(
      points.map((point) => ({ ...point, px: x(point.x), py: y(point.y), y: y(point.y) - marginTop })),
      height - marginTop - marginBottom,
    );
    for (const label of labels) {
      const at = label.y + marginTop;
      group.append(
        element("path", {
          d: `M${label.px + 6} ${label.py}L${left - 4} ${at}`,
          stroke: doctrineColour(label.d),
          "stroke-opacity": 0.55,
          "stroke-width": 0.8,
          fill: "none",
        }),
      );
      const text = element("text", { x: left, y: at, dy: "0.32em", "text-anchor": "start", fill: doctrineColour(label.d) });
      text.textContent = fitted(label.name, room);
      group.append(text);
    }
    return group;
  };
}
