/** People by date, country by country: bands over futures beside what was recorded. */

import * as Plot from "@observablehq/plot";
import type { Displacement } from "../document";
import { bandOf, peopleText, recordedAt, type Moment } from "../flight";
import { base, doctrineColour, drawn, type PlotElement } from "./look";
import type { Table } from "./table";

/** The dash of the doctrine that is shown first, or second: told apart without colour. */
export const dashOf = (k: number): string => (k ? "5 3" : "none");

/** Bands are drawn of `shown` doctrines; of the others there is a faint line, the median. */
export function drawArrivals(
  doctrines: readonly string[],
  found: Displacement,
  spot: number,
  shown: readonly number[],
  width: number,
): PlotElement {
  const height = 230;
  const bands = doctrines.map((_, d) => bandOf(found, d, spot));
  const known = recordedAt(found, spot);
  const top = Math.max(
    1,
    ...bands.map((band, d) => Math.max(...band.map((one) => (shown.includes(d) ? one.high : one.median)))),
    ...known.map((one) => one.people),
  );
  const [unit, label] = top >= 1e6 ? [1e6, "million people"] : top >= 1e4 ? [1e3, "thousand people"] : [1, "people"];
  const y = (key: "low" | "median" | "high") => (one: Moment) => one[key] / unit;
  return drawn(
    base(width, {
      height,
      marginLeft: 40,
      marginRight: 14,
      marginTop: 24,
      marginBottom: 30,
      x: { type: "utc", label: null, domain: [new Date(found.dates[0] ?? 0), new Date(found.dates.at(-1) ?? 0)] },
      y: { domain: [0, top / unit], label: null },
      marks: [
        Plot.gridY({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 5 }),
        Plot.axisY({ ticks: 5, tickSize: 0, label, labelArrow: "none" }),
        Plot.axisX({ ticks: Math.max(2, Math.round(width / 75)), tickSize: 3, label: null }),
        ...shown.map((d) =>
          Plot.areaY(bands[d] ?? [], { x: "date", y1: y("low"), y2: y("high"), fill: doctrineColour(d), fillOpacity: 0.17 }),
        ),
        ...bands.map((band, d) =>
          shown.includes(d)
            ? null
            : Plot.line(band, { x: "date", y: y("median"), stroke: "var(--soft)", strokeOpacity: 0.45, strokeWidth: 0.8 }),
        ),
        ...shown.map((d, k) =>
          Plot.line(bands[d] ?? [], {
            x: "date",
            y: y("median"),
            stroke: doctrineColour(d),
            strokeWidth: 2.2,
            strokeDasharray: dashOf(k),
          }),
        ),
        Plot.dot(known, {
          x: "date",
          y: (one: { people: number }) => one.people / unit,
          r: 2.4,
          fill: "var(--ink)",
          stroke: "var(--paper)",
          strokeWidth: 0.6,
        }),
      ],
    }),
  );
}

/** Every date, with the band of each of `shown` doctrines, the medians of the others, and records. */
export function arrivalsTable(
  names: readonly string[],
  found: Displacement,
  spot: number,
  shown: readonly number[],
): Table {
  const bands = names.map((_, d) => bandOf(found, d, spot));
  const others = names.map((_, d) => d).filter((d) => !shown.includes(d));
  return {
    columns: [
      "date",
      "recorded",
      ...shown.flatMap((d) => [`${names[d]}: 5 %`, "median", "95 %"]),
      ...others.map((d) => `${names[d]}: median`),
    ],
    rows: found.dates.map((date, day) => {
      const known = found.recorded[day]?.[spot] ?? null;
      return [
        date,
        known === null ? null : peopleText(known),
        ...shown.flatMap((d) => {
          const one = bands[d]?.[day];
          return one ? [one.low, one.median, one.high].map(peopleText) : [null, null, null];
        }),
        ...others.map((d) => peopleText(bands[d]?.[day]?.median ?? 0)),
      ];
    }),
  };
}
