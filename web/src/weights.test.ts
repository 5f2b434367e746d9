import { expect, test } from "vitest";
import { effective, mean, quantiles, shareOf, wilson } from "./weights";

const values = Float32Array.of(3, 1, 4, 1.5, 9);

test("equal weights are no weights", () => {
  const equal = new Float64Array(5).fill(2);
  expect(quantiles(values, equal, [0, 0.3, 0.5, 1])).toEqual(quantiles(values, null, [0, 0.3, 0.5, 1]));
  expect(mean(values, equal)).toBeCloseTo(mean(values, null));
  expect(effective(equal, 5)).toBeCloseTo(5);
});

test("quantiles of equal futures are numpy's", () => {
  // np.quantile([3, 1, 4, 1.5, 9], [.05, .5, .95])
  const found = quantiles(values, null, [0.05, 0.5, 0.95]);
  [1.1, 3, 8].forEach((expected, k) => expect(found[k]).toBeCloseTo(expected));
});

test("a future without weight is as if it were not there", () => {
  const weights = Float64Array.of(1, 0, 1, 1, 0);
  const found = quantiles(values, weights, [0, 0.25, 1]);
  const left = quantiles(Float32Array.of(3, 4, 1.5), null, [0, 0.25, 1]);
  found.forEach((value, k) => expect(value).toBeCloseTo(left[k] ?? NaN));
  expect(effective(weights, 5)).toBe(3);
});

test("shares count what is undetermined as neither", () => {
  const found = shareOf(Int8Array.of(1, 1, -1, 0), Float64Array.of(1, 1, 1, 1));
  expect([found.share, found.fails, found.undetermined]).toEqual([0.5, 0.25, 0.25]);
});

test("the interval of none or all touches the end", () => {
  expect(wilson(0, 10)[0]).toBe(0);
  expect(wilson(1, 10)[1]).toBe(1);
  // Wilson's interval for 8 of 10 (Newcombe 1998's method 3): 0.4902 to 0.9433
  const [low, high] = wilson(0.8, 10);
  expect([low, high].map((end) => Number(end.toFixed(4)))).toEqual([0.4902, 0.9433]);
});
