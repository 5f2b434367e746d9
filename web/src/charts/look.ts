/** What charts have in common: colours, marks drawn as one path, text that fits. */

import * as Plot from "@observablehq/plot";
import { figure, rarePercent } from "../numbers";

/** Doctrines beyond these take a colour again; their lines are dashed. */
const COLOURS = 7;

/** The colour of a doctrine, the same everywhere. Free choice is first, and grey. */
export function doctrineColour(k: number): string {
  return k === 0 ? "var(--doctrine-free)" : `var(--doctrine-${(k - 1) % COLOURS})`;
}

export function doctrineDash(k: number): string {
  return k > COLOURS ? "4 2" : "none";
}

/** A place on an ordered scale of `count` steps: the lowest is pale, the highest strong. */
export function stepColour(k: number, count: number): string {
  const share = count < 2 ? 100 : Math.round((100 * k) / (count - 1));
  return shade(share / 100);
}

/** A share of 1 as strength of colour. */
export function shade(share: number): string {
  return `color-mix(in oklab, var(--low), var(--high) ${(100 * share).toFixed(1)}%)`;
}

export const SMALL = 11;

/** Options that every chart starts from. */
export function base(width: number, options: Plot.PlotOptions): Plot.PlotOptions {
  return {
    width,
    className: "plot",
    style: { fontSize: `${SMALL}px`, color: "var(--soft)", background: "none" },
    ...options,
  };
}

/** A finished chart without Plot's style element, which the page's policy forbids. */
export function drawn(options: Plot.PlotOptions): PlotElement {
  const chart = Plot.plot({ ...options, figure: false }) as PlotElement;
  chart.querySelector("style")?.remove();
  return chart;
}

export type PlotElement = SVGSVGElement & Plot.Plot;

/** How numbers of an outcome stand on an axis and in tables. */
export function formatter(share: boolean, scale: number): (value: number) => string {
  return share ? rarePercent : (value) => figure(value, scale);
}

/** The tick format of an axis: percent for shares. */
export function axisFormat(share: boolean): ((value: number) => string) | undefined {
  return share ? (value) => `${Number((100 * value).toPrecision(3))}` : undefined;
}

/** The label of an axis: the quantity and its unit. */
export function axisLabel(name: string, unit: string, share: boolean): string {
  const counted = share ? "% of courses" : unit;
  return counted ? `${name} (${counted})` : name;
}

/** Text cut to what `width` pixels hold, with a mark that it was. */
export function fitted(text: string, width: number): string {
  const most = Math.max(3, Math.floor(width / (SMALL * 0.56)));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** About how many pixels a text takes. */
export function textWidth(text: string): number {
  return text.length * SMALL * 0.58;
}

/** The widest of some texts, in pixels, but no more than `most`. */
export function widest(texts: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...texts.map(textWidth)) + 10);
}

const SVG = "http://www.w3.org/2000/svg";

/** An SVG element with attributes. */
export function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * Many short vertical strokes as one path: faint marks for futures cost one element a row.
 *
 * `xs` and `y` are in pixels; `which` chooses among the futures.
 */
export function strokes(
  xs: ArrayLike<number>,
  y: number,
  half: number,
  which?: (future: number) => boolean,
): string {
  let path = "";
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i];
    if (x === undefined || !Number.isFinite(x) || (which && !which(i))) continue;
    path += `M${x.toFixed(1)} ${(y - half).toFixed(1)}v${(2 * half).toFixed(1)}`;
  }
  return path;
}

/** The same labels from the top down, none nearer than a line to the next; `y` is in pixels. */
export function apart<T extends { y: number }>(labels: T[], height: number): T[] {
  const line = 12.5;
  const sorted = labels.map((label) => ({ ...label })).sort((a, b) => a.y - b.y);
  for (let round = 0; round < 60; round++) {
    let moved = false;
    for (let k = 1; k < sorted.length; k++) {
      const [above, below] = [sorted[k - 1]!, sorted[k]!];
      const overlap = line - (below.y - above.y);
      if (overlap > 0.1) {
        above.y -= overlap / 2;
        below.y += overlap / 2;
        moved = true;
      }
    }
    const over = (sorted[sorted.length - 1]?.y ?? 0) - height - 8;
    if (over > 0) for (const one of sorted) one.y -= over;
    if (!moved) break;
  }
  return sorted;
}
