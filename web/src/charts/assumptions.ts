/** Which parameters a claim's margin hangs on; and where each actor is how deeply trapped. */

import * as Plot from "@observablehq/plot";
import type { Sensitivity, Trap } from "../document";
import { SMALL, base, drawn, element, fitted, strokes, widest, type PlotElement } from "./look";
import { quantiles } from "../weights";

export type Indices = Sensitivity["claims"][number];

/** At most so many parameters are drawn for a claim; the table has them all. */
export const MOST = 6;

export function drawIndices(found: Indices, width: number): PlotElement {
  const shown = found.parameters.slice(0, MOST);
  const names = shown.map((one) => one.name);
  const marginLeft = Math.round(widest(names, Math.max(90, width * 0.42)));
  const most = Math.max(...shown.map((one) => one.high), 0.2);
  return drawn(
    base(width, {
      height: names.length * 20 + 42,
      marginLeft,
      marginRight: 14,
      marginTop: 2,
      marginBottom: 38,
      x: { domain: [0, Math.min(1, most)], label: null, clamp: true },
      y: { type: "band", domain: names, padding: 0.3, label: null },
      marks: [
        Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 4 }),
        Plot.axisX({
          tickFormat: (v: number) => `${Math.round(100 * v)}`,
          ticks: 4,
          tickSize: 3,
          label: "% of the margin's variance",
          labelArrow: "none",
          labelAnchor: "center",
          labelOffset: 34,
        }),
        Plot.axisY({ tickSize: 0, tickFormat: (name: string) => fitted(name, marginLeft - 8), fill: "var(--ink)" }),
        Plot.ruleY(shown, { y: "name", x1: "low", x2: "high", stroke: "var(--accent)", strokeWidth: 1.6 }),
        Plot.dot(shown, { y: "name", x: "first", r: 3.6, fill: "var(--accent)" }),
        found.chance === null ? null : Plot.ruleX([found.chance], { stroke: "var(--soft)", strokeDasharray: "2 3" }),
      ],
    }),
  );
}

/** Trap depth of every actor: each future, the median, and 5 to 95 %. */
export function drawTraps(traps: Trap[], width: number): PlotElement {
  const names = traps.map((trap) => trap.actor);
  const marginLeft = Math.round(widest(names, width * 0.35));
  const found = traps.map((trap) => {
    const [low, median, high] = quantiles(trap.depth.values, null, [0.05, 0.5, 0.95]);
    return { actor: trap.actor, low, median, high };
  });
  return drawn(
    base(width, {
      height: names.length * 30 + 46,
      marginLeft,
      marginRight: 14,
      marginTop: 4,
      marginBottom: 40,
      x: { label: null, zero: true, nice: true, domain: [0, Math.max(1e-9, ...traps.flatMap((trap) => [...trap.depth.values]))] },
      y: { type: "band", domain: names, padding: 0.2, label: null },
      marks: [
        Plot.gridX({ stroke: "var(--rule)", strokeOpacity: 1, ticks: 5 }),
        Plot.axisX({ tickSize: 3, ticks: 5, label: "trap depth (points of payoff)", labelArrow: "none", labelAnchor: "center", labelOffset: 36 }),
        Plot.axisY({ tickSize: 0, fill: "var(--ink)", fontSize: SMALL, tickFormat: (name: string) => fitted(name, marginLeft - 8) }),
        (_index, scales) => {
          const group = element("g", { class: "futures", fill: "none" });
          const x = scales.x as unknown as (value: number) => number;
          const y = scales.y as unknown as ((name: string) => number) & { bandwidth: () => number };
          for (const trap of traps) {
            const xs = Float64Array.from(trap.depth.values, (value) => x(value));
            const half = y.bandwidth() * 0.26;
            const middle = y(trap.actor) + y.bandwidth() * 0.34;
            group.append(element("path", { d: strokes(xs, middle, half), stroke: "var(--accent)", "stroke-opacity": 0.28 }));
          }
          return group;
        },
        Plot.ruleY(found, { y: "actor", x1: "low", x2: "high", stroke: "var(--accent)", strokeWidth: 1.6, dy: 8 }),
        Plot.dot(found, { y: "actor", x: "median", r: 3.6, fill: "var(--accent)", dy: 8 }),
      ],
    }),
  );
}
