/**
 * Weighted futures: shares, quantiles and intervals when some futures count for more than others.
 *
 * `null` as weights: all count alike. What is solved stays as it is; only what each future counts
 * is changed, and `effective` says how many equal ones that is worth.
 */

import type { Share } from "./numbers";

export type Weights = Float64Array | null;
type Values = ArrayLike<number>;

/** Kish's (1965) effective number of futures: (Σw)² / Σw². */
export function effective(weights: Weights, count: number): number {
  if (!weights) return count;
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares ? (sum * sum) / squares : 0;
}

/** The weighted mean; NaN where nothing has a weight. */
export function mean(values: Values, weights: Weights): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? (weights[i] ?? 0) : 1;
    sum += weight * (values[i] ?? 0);
    total += weight;
  }
  return sum / total;
}

/** An order of futures by value, for `quantiles`; worth keeping, since weights do not change it. */
export function orderOf(values: Values): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] ?? 0) - (values[b] ?? 0),
  );
}

/**
 * Weighted quantiles. Each value stands in the middle of its weight, scaled so that the least and
 * the greatest are the ends, and between neighbours is a straight line: with equal weights these
 * are numpy's (Hyndman & Fan 1996, type 7). Futures without weight are as if they were not there.
 */
export function quantiles(
  values: Values,
  weights: Weights,
  levels: readonly number[],
  order: Uint32Array = orderOf(values),
): number[] {
  const kept: number[] = [];
  const middles: number[] = [];
  let below = 0;
  for (const i of order) {
    const weight = weights ? (weights[i] ?? 0) : 1;
    if (weight <= 0) continue;
    kept.push(values[i] ?? NaN);
    middles.push(below + weight / 2);
    below += weight;
  }
  const first = middles[0];
  const last = middles[middles.length - 1];
  if (first === undefined || last === undefined) return levels.map(() => NaN);
  let k = 0;
  return levels.map((level) => {
    const at = first + level * (last - first);
    while (k > 0 && (middles[k] ?? 0) > at) k--;
    while (k < middles.length - 1 && (middles[k + 1] ?? Infinity) <= at) k++;
    const low = kept[k] ?? NaN;
    const here = middles[k] ?? 0;
    const next = middles[k + 1];
    if (next === undefined) return low;
    return low + (((kept[k + 1] ?? low) - low) * (at - here)) / (next - here);
  });
}

/** The 95 % score interval of a share of `n` (Wilson 1927). */
export function wilson(share: number, n: number): [number, number] {
  const z = 1.959963984540054;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half =
    (z / (1 + (z * z) / n)) * Math.sqrt(Math.max(0, (share * (1 - share)) / n + (z * z) / (4 * n * n)));
  return [share === 0 ? 0 : centre - half, share === 1 ? 1 : centre + half];
}

/** In what share of futures a claim holds, fails or is open; `verdicts` are 1, -1 and 0. */
export function shareOf(verdicts: Values, weights: Weights): Share {
  let holds = 0;
  let fails = 0;
  let total = 0;
  for (let i = 0; i < verdicts.length; i++) {
    const weight = weights ? (weights[i] ?? 0) : 1;
    const verdict = verdicts[i] ?? 0;
    if (verdict > 0) holds += weight;
    else if (verdict < 0) fails += weight;
    total += weight;
  }
  const share = holds / total;
  return {
    share,
    interval: wilson(share, effective(weights, verdicts.length)),
    fails: fails / total,
    undetermined: (total - holds - fails) / total,
  };
}
