/** What is done when, what it is worth from then on, and what is believed. */

import * as Plot from "@observablehq/plot";
import type { Actor, Document, Path, Table2 } from "../document";
import { percent, rarePercent } from "../numbers";
import { tickPeriods } from "./ladder";
import { apart, base, doctrineColour, doctrineDash, drawn, fitted, shade, widest, type PlotElement } from "./look";
import type { Table } from "./table";

/** A row an action, a column a period; the stronger the colour, the likelier it is taken. */
export function drawChoices(actor: Actor, chances: Table2, width: number): PlotElement {
  const names = actor.actions.map((action) => action.name);
  const cells = chances.flatMap((row, period) =>
    row.map((chance, k) => ({ period: period + 1, action: names[k] ?? "", chance })),
  );
  const marginLeft = Math.round(widest(names, Math.max(80, width * 0.35)));
  const roomy = (width - marginLeft) / Math.max(1, chances.length) > 27;
  return drawn(
    base(width, {
      height: names.length * 21 + 40,
      marginLeft,
      marginRight: 4,
      marginTop: 4,
      marginBottom: 34,
      x: { type: "band", label: null, padding: 0.04 },
      y: { domain: names, label: null, padding: 0.06 },
      marks: [
        Plot.axisX({
          tickSize: 0,
          ticks: roomy ? undefined : tickPeriods(chances.length + 1).filter(Boolean),
          label: "period",
          labelArrow: "none",
          labelOffset: 30,
        }),
        Plot.axisY({ tickSize: 0, tickFormat: (name: string) => fitted(name, marginLeft - 8), fill: "var(--ink)" }),
        Plot.cell(cells, { x: "period", y: "action", fill: (d: { chance: number }) => shade(Math.min(1, d.chance)) }),
        roomy
          ? Plot.text(cells.filter((cell) => cell.chance >= 0.005), {
              x: "period",
              y: "action",
              text: (d: { chance: number }) => (100 * d.chance).toFixed(0),
              fill: (d: { chance: number }) => (d.chance > 0.45 ? "var(--paper)" : "var(--ink)"),
              fontSize: 10,
            })
          : null,
      ],
    }),
  );
}

export function choicesTable(actor: Actor, chances: Table2): Table {
  return {
    columns: ["period", ...actor.actions.map((action) => action.name)],
    rows: chances.map((row, period) => [period + 1, ...row.map(rarePercent)]),
  };
}

interface Line {
  d: number;
  name: string;
  points: { period: number; value: number; low?: number; high?: number }[];
}

/** The medians of an actor's value from each period on, a line a doctrine. */
export function pathLines(doc: Document, path: Path): Line[] {
  return doc.crisis.doctrines.map(({ name }, d) => ({
    d,
    name,
    points: (path.median[d] ?? []).flatMap((value, period) =>
      value === null ? [] : [{ period, value, low: path.low[d]?.[period] ?? value, high: path.high[d]?.[period] ?? value }],
    ),
  }));
}

export function pathTable(doc: Document, path: Path): Table {
  return {
    columns: ["period", ...doc.crisis.doctrines.map((doctrine) => doctrine.name)],
    rows: (path.median[0] ?? []).map((_, period) => [
      period,
      ...doc.crisis.doctrines.map((_, d) => path.median[d]?.[period]?.toFixed(1) ?? null),
    ]),
  };
}

/** Lines over periods with their names at the end, moved apart; the first may have a band. */
export function drawLines(
  lines: Line[],
  width: number,
  options: { label: string; share?: boolean; band?: boolean; height?: number },
): PlotElement {
  const { label, share = false, band = false, height = 250 } = options;
  const marginRight = Math.round(widest(lines.map((line) => line.name), width * 0.36)) + 6;
  const marginTop = 24;
  const marginBottom = 34;
  const points = lines.flatMap((line) => line.points.map((point) => ({ ...point, d: line.d })));
  const shaded = band && lines[0] ? lines[0].points : [];
  const all = [
    ...points.map((point) => point.value),
    ...shaded.flatMap((point) => [point.low ?? point.value, point.high ?? point.value]),
  ];
  const domain: [number, number] = share ? [0, 1] : [Math.min(...all), Math.max(...all)];
  if (domain[0] === domain[1]) domain[1] += 1;
  const periods = Math.max(...lines.map((line) => line.points.length));
  const pixels = height - marginTop - marginBottom;
  const ends = apart(
    lines.flatMap((line) => {
      const last = line.points[line.points.length - 1];
      return last ? [{ ...line, last, y: ((domain[1] - last.value) / (domain[1] - domain[0])) * pixels }] : [];
    }),
    pixels,
  );
  return drawn(
    base(width, {
      height,
      marginLeft: 40,
      marginRight,
      marginTop,
      marginBottom,
      x: { label: null },
      y: { domain, label: null },
      marks: [
        Plot.gridY({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label, labelArrow: "none", tickFormat: share ? percentTick : undefined }),
        Plot.axisX({ ticks: tickPeriods(periods), tickSize: 3, tickFormat: String, label: "period", labelAnchor: "center", labelArrow: "none", labelOffset: 30 }),
        Plot.areaY(shaded, { x: "period", y1: "low", y2: "high", fill: "var(--doctrine-free)", fillOpacity: 0.14 }),
        ...lines.map((line) =>
          Plot.line(line.points, {
            x: "period",
            y: "value",
            stroke: doctrineColour(line.d),
            strokeWidth: line.d === 0 ? 2.4 : 1.5,
            strokeDasharray: doctrineDash(line.d),
          }),
        ),
        periods === 1
          ? Plot.dot(points, { x: "period", y: "value", fill: (d: { d: number }) => doctrineColour(d.d) })
          : null,
        ...ends.map((end) =>
          Plot.text([end], {
            frameAnchor: "top-right",
            text: () => fitted(end.name, marginRight - 10),
            textAnchor: "start",
            lineAnchor: "middle",
            dx: 8,
            dy: end.y,
            fill: doctrineColour(end.d),
            fontWeight: end.d === 0 ? 600 : 400,
          }),
        ),
      ],
    }),
  );
}

const percentTick = (value: number) => percent(value).replace(" %", "");
