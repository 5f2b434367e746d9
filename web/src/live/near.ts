/**
 * What solved futures say where an assumption is moved, without solving any again.
 *
 * Futures count the more the nearer they are to the chosen values, by a Gaussian kernel on the scale
 * of each prior's shares (Nadaraya 1964, Watson 1964), with the bandwidth of Silverman's (1986)
 * rule for as many assumptions as are moved. Values of a discrete assumption must be equal.
 */

import type { Parameter } from "./outline";
import type { Sample } from "./sample";

/** Standard deviation of a share that is evenly distributed. */
const SPREAD = 1 / Math.sqrt(12);

export function bandwidth(moved: number, futures: number): number {
  return SPREAD * Math.pow(4 / (moved + 2), 1 / (moved + 4)) * Math.pow(futures, -1 / (moved + 4));
}

/** Where a value stands in its prior: 0 at the lowest stop, 1 at the highest. */
export function standing(stops: readonly number[], value: number): number {
  const last = stops.length - 1;
  if (value <= stops[0]!) return 0;
  if (value >= stops[last]!) return 1;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (stops[middle]! <= value) low = middle;
    else high = middle;
  }
  const width = stops[high]! - stops[low]!;
  return (low + (width > 0 ? (value - stops[low]!) / width : 0)) / last;
}

/** Weights, one a future; all 1 where nothing is moved. */
export function weightsNear(
  sample: Pick<Sample, "futures" | "parameters">,
  parameters: readonly Pick<Parameter, "name" | "kind" | "stops">[],
  pinned: Readonly<Record<string, number>>,
): Float64Array {
  const weights = new Float64Array(sample.futures).fill(1);
  const moved = parameters.filter((one) => one.name in pinned && one.stops);
  const smooth = moved.filter((one) => one.kind !== "discrete");
  const h = bandwidth(smooth.length, sample.futures);
  for (const one of moved) {
    const values = sample.parameters[one.name];
    const value = pinned[one.name]!;
    if (!values) continue;
    if (one.kind === "discrete") {
      for (let i = 0; i < weights.length; i++) {
        if (Math.abs(values[i]! - value) > 1e-4 * Math.max(1, Math.abs(value))) weights[i] = 0;
      }
      continue;
    }
    const at = standing(one.stops!, value);
    for (let i = 0; i < weights.length; i++) {
      const away = (standing(one.stops!, values[i]!) - at) / h;
      weights[i]! *= Math.exp(-0.5 * away * away);
    }
  }
  return weights;
}

/** Weights with those of futures outside of a selection set to 0. */
export function within(weights: Float64Array, chosen: Uint8Array | null): Float64Array {
  return chosen ? weights.map((w, i) => (chosen[i] ? w : 0)) : weights;
}

/** By how much the share in which a claim holds differs between the ends of an assumption's range. */
export function leaning(values: Float64Array, stops: readonly number[], verdict: Int8Array): number {
  let low = 0;
  let lowAll = 0;
  let high = 0;
  let highAll = 0;
  for (let i = 0; i < values.length; i++) {
    const share = standing(stops, values[i]!);
    const holds = verdict[i]! > 0 ? 1 : 0;
    low += (1 - share) * holds;
    lowAll += 1 - share;
    high += share * holds;
    highAll += share;
  }
  return lowAll > 0 && highAll > 0 ? high / highAll - low / lowAll : 0;
}
