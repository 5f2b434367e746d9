/** The rung of a pair of actors over time, with its uncertainty, the events, and thresholds. */

import * as Plot from "@observablehq/plot";
import { dateText } from "../dates";
import { percent } from "../numbers";
import { actorName, quantile, stretches, thresholds, type Event, type Pair, type Picture, type Shown } from "../picture";
import { base, doctrineColour, drawn, fitted, SMALL, widest, type PlotElement } from "./look";
import type { Table } from "./table";

/** Periods up to which the probability of each rung is shaded; of more there are bands alone. */
const SHADED = 400;
const ROW = 46;
/** Pixels of the axis: two lines, as months have years below. */
const BELOW = 30;
/** Pixels of the chart of one stream's reports. */
export const TEMPO_HEIGHT = 102;

/** Where things stand in the chart, in pixels: marks that are laid over it must agree. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
  first: number;
  last: number;
  rungs: number;
}

export function frameOf(picture: Picture, width: number): Frame {
  const { rungs } = picture.ladder;
  const periods = stretches(picture);
  return {
    width,
    height: 24 + rungs.length * ROW + BELOW,
    left: widest(rungs, width * 0.3),
    right: 12,
    top: 24,
    bottom: BELOW,
    first: Number(periods[0]?.from ?? 0),
    last: Number(periods.at(-1)?.to ?? 1),
    rungs: rungs.length,
  };
}

/** Where an event is marked: at its day, on its rung; streams below each other, none on the median. */
export function placeOf(frame: Frame, event: Event, streams: number): { x: number; y: number } {
  const along = (Date.parse(event.day) - frame.first) / (frame.last - frame.first);
  const row = (frame.height - frame.top - frame.bottom) / frame.rungs;
  const lanes = streams + (streams % 2);
  const lane = ((event.stream + 0.5) / lanes - 0.5) * 0.7;
  return {
    x: frame.left + Math.min(1, Math.max(0, along)) * (frame.width - frame.left - frame.right),
    y: frame.top + (frame.rungs - 1 - event.rung + 0.5 + lane) * row,
  };
}

/** The colour of a stream, and its sign: told apart without colour. */
export const streamColour = (k: number): string => doctrineColour(k + 1);
const SYMBOLS = [
  ["circle", "●"],
  ["diamond", "◆"],
  ["square", "■"],
  ["triangle", "▲"],
  ["star", "★"],
  ["cross", "✚"],
] as const;
const streamSymbol = (k: number) => SYMBOLS[k % SYMBOLS.length]![0];
/** The same sign as a letter, for a key. */
export const streamSign = (k: number) => SYMBOLS[k % SYMBOLS.length]![1];

/**
 * Probability as strength of colour, 80 and 50 % intervals as lines, the median as a strong one.
 * A rung is a row; a report is a mark, hollow where a belligerent claims it.
 */
export function drawRungs(shown: Shown, pair: Pair, width: number): PlotElement {
  const { picture } = shown;
  const { rungs } = picture.ladder;
  const frame = frameOf(picture, width);
  const periods = stretches(picture);
  const steps = periods.flatMap(({ from, to }, k) =>
    [from, to].map((date) => ({
      date,
      median: pair.median[k] ?? 0,
      low: pair.low[k] ?? 0,
      high: pair.high[k] ?? 0,
      inner: [0.25, 0.75].map((share) => quantile(pair.probability[k] ?? [], share)) as [number, number],
    })),
  );
  const cells =
    periods.length > SHADED
      ? []
      : periods.flatMap(({ from, to }, k) =>
          (pair.probability[k] ?? []).map((p, rung) => ({ from, to, p, rung })).filter((one) => one.p >= 0.01),
        );
  type Step = (typeof steps)[number];
  const events = pair.events.map((event) => ({ event, ...placeOf(frame, event, picture.streams.length) }));
  const lines = thresholds(pair);
  return drawn(
    base(width, {
      height: frame.height,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: frame.top,
      marginBottom: frame.bottom,
      x: { type: "utc", label: null, domain: [new Date(frame.first), new Date(frame.last)] },
      y: { domain: [-0.5, rungs.length - 0.5], label: null },
      r: { range: [3, 8], domain: [1, Math.max(2, ...pair.events.map((one) => one.reports))], type: "sqrt" },
      symbol: { legend: false },
      marks: [
        Plot.rect(cells, {
          x1: "from",
          x2: "to",
          y1: (one: { rung: number }) => one.rung - 0.5,
          y2: (one: { rung: number }) => one.rung + 0.5,
          fill: "var(--high)",
          fillOpacity: (one: { p: number }) => 0.5 * one.p,
          shapeRendering: "crispEdges",
        }),
        Plot.areaY(steps, {
          x: "date",
          y1: (one: Step) => one.low - 0.5,
          y2: (one: Step) => one.high + 0.5,
          fill: "none",
          stroke: "var(--soft)",
          strokeWidth: 0.8,
          strokeDasharray: "3 2",
        }),
        Plot.areaY(steps, {
          x: "date",
          y1: (one: Step) => one.inner[0] - 0.5,
          y2: (one: Step) => one.inner[1] + 0.5,
          fill: "var(--soft)",
          fillOpacity: 0.14,
        }),
        Plot.ruleY(
          rungs.slice(1).map((_, k) => k + 0.5),
          { stroke: "var(--rule)", strokeOpacity: 1 },
        ),
        Plot.ruleY(lines, { y: (one: { rung: number }) => one.rung - 0.5, stroke: "var(--fails)", strokeWidth: 1.4, strokeDasharray: "6 3" }),
        Plot.line(steps, { x: "date", y: "median", stroke: "var(--ink)", strokeWidth: 2 }),
        Plot.dot(events, {
          x: (one: { event: Event }) => new Date(one.event.day),
          y: (one: { event: Event; y: number }) => rungs.length - 0.5 - ((one.y - frame.top) / (frame.height - frame.top - frame.bottom)) * rungs.length,
          r: (one: { event: Event }) => one.event.reports,
          symbol: (one: { event: Event }) => streamSymbol(one.event.stream),
          fill: (one: { event: Event }) => (claimed(picture, one.event) ? "var(--paper)" : streamColour(one.event.stream)),
          stroke: (one: { event: Event }) => (claimed(picture, one.event) ? streamColour(one.event.stream) : "var(--paper)"),
          strokeWidth: (one: { event: Event }) => (claimed(picture, one.event) ? 1.4 : 0.6),
        }),
        Plot.text(lines, {
          x: () => new Date(frame.first),
          y: (one: { rung: number }) => one.rung - 0.5,
          text: (one: { says: string }) => `from here: ${one.says}`,
          lineWidth: (width - frame.left - frame.right - 8) / SMALL,
          textAnchor: "start",
          lineAnchor: "bottom",
          dx: 4,
          dy: -4,
          fill: "var(--ink)",
          stroke: "var(--paper)",
          strokeWidth: 4,
          fontSize: SMALL,
        }),
        Plot.axisY({
          ticks: rungs.map((_, k) => k),
          tickFormat: (k: number) => fitted(rungs[k] ?? "", frame.left - 10),
          tickSize: 0,
          label: null,
        }),
        Plot.axisX({ ticks: Math.max(2, Math.round((width - frame.left) / 85)), tickSize: 3, label: null }),
      ],
    }),
  );
}

function claimed(picture: Picture, event: Event): boolean {
  return picture.streams[event.stream]?.reporting.claim ?? false;
}

/** Every period: the median rung, the interval, and the probability of each rung. */
export function rungsTable(picture: Picture, pair: Pair): Table {
  const { rungs } = picture.ladder;
  const name = (k: number | undefined) => rungs[k ?? 0] ?? null;
  return {
    columns: [picture.periods.length, "median", "80 % from", "to", "if rates were known: from", "to", ...rungs],
    numbers: 6,
    rows: picture.periods.starts.map((start, k) => [
      start,
      name(pair.median[k]),
      name(pair.low[k]),
      name(pair.high[k]),
      name(pair.if_rates_were_known.low[k]),
      name(pair.if_rates_were_known.high[k]),
      ...(pair.probability[k] ?? []).map(percent),
    ]),
  };
}

/** Every event that is marked. */
export function eventsTable(shown: Shown, pair: Pair): Table {
  const { ladder, streams } = shown.picture;
  return {
    columns: ["day", "who acts", "rung", "code", "what it stands for", "stream", "claim of a belligerent", "reports"],
    numbers: 7,
    rows: pair.events.map((event) => [
      event.day,
      actorName(shown, pair.actors[event.by] ?? ""),
      ladder.rungs[event.rung] ?? null,
      event.code,
      event.label,
      streams[event.stream]?.name ?? null,
      claimed(shown.picture, event) ? "yes" : "no",
      event.reports,
    ]),
  };
}

/** What a screen reader says of the chart. */
export function rungsLabel(shown: Shown, pair: Pair, name: string): string {
  const { ladder, periods } = shown.picture;
  const last = pair.median.length - 1;
  const rung = (k: number | undefined) => ladder.rungs[k ?? 0] ?? "";
  return (
    `${name}: the rung of ${ladder.variable} by ${periods.length}, from ${dateText(periods.starts[0] ?? "")}. ` +
    `In the last, from ${dateText(periods.starts[last] ?? "")}: median ${rung(pair.median[last])}, ` +
    `80 % between ${rung(pair.low[last])} and ${rung(pair.high[last])}; ${pair.events.length} marks of events.`
  );
}

/** Reports above the lowest rung by period, one stream; periods that it hardly covers are grey. */
export function drawTempo(picture: Picture, counts: readonly number[], stream: number, width: number): PlotElement {
  const frame = frameOf(picture, width);
  const periods = stretches(picture);
  const covered = picture.streams[stream]?.covered ?? [];
  const bars = periods.map((period, k) => ({ ...period, count: counts[k] ?? 0 })).filter((one) => one.count);
  const dark = periods.filter((_, k) => (covered[k] ?? 0) < 0.5);
  const top = Math.max(1, ...counts);
  const ticks = top < 4 ? Array.from({ length: top + 1 }, (_, k) => k) : 3;
  return drawn(
    base(width, {
      height: TEMPO_HEIGHT,
      marginLeft: frame.left,
      marginRight: frame.right,
      marginTop: 8,
      marginBottom: BELOW,
      x: { type: "utc", label: null, domain: [new Date(frame.first), new Date(frame.last)] },
      y: { domain: [0, top], label: null },
      marks: [
        Plot.rect(dark, { x1: "from", x2: "to", y1: 0, y2: top, fill: "var(--sheet)" }),
        Plot.gridY({ stroke: "var(--rule)", strokeOpacity: 1, ticks }),
        Plot.rect(bars, { x1: "from", x2: "to", y1: 0, y2: "count", fill: streamColour(stream), insetLeft: width / periods.length > 4 ? 0.5 : 0 }),
        Plot.axisY({ ticks, tickSize: 0, label: null, tickFormat: (count: number) => count.toLocaleString("en-US") }),
        Plot.axisX({ ticks: Math.max(2, Math.round((width - frame.left) / 85)), tickSize: 3, label: null }),
      ],
    }),
  );
}

/** Reports by period. */
export function tempoTable(picture: Picture, counts: readonly number[], stream: number): Table {
  const covered = picture.streams[stream]?.covered ?? [];
  return {
    columns: [picture.periods.length, "reports above the lowest rung", "of its days covered"],
    rows: picture.periods.starts.map((start, k) => [start, counts[k] ?? 0, percent(covered[k] ?? 0)]),
  };
}
