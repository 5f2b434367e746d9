import { expect, test } from "vitest";
import { effective } from "../weights";
import { bandwidth, leaning, standing, weightsNear, within } from "./near";
import type { Parameter } from "./outline";
import { EMPTY, type Sample } from "./sample";

const parameter = (name: string, stops: number[], kind = "uniform"): Parameter => ({
  name,
  value: stops[0]!,
  unit: "",
  why: "",
  sources: [],
  basis: "assumed",
  kind,
  stops,
});

const even = Float64Array.from({ length: 256 }, (_, i) => (i + 0.5) / 256);
const odd = Float64Array.from({ length: 256 }, (_, i) => i % 2);
const sample: Sample = { ...EMPTY, futures: 256, asked: 256, parameters: { even, odd } };
const parameters = [
  parameter("even", Array.from({ length: 51 }, (_, k) => k / 50)),
  parameter("odd", [0, 1], "discrete"),
  parameter("skew", [1, 10, 100]),
];

test("a value stands where its prior has it", () => {
  expect([0.5, 1, 5.5, 10, 55, 100, 200].map((value) => standing(parameters[2]!.stops!, value))).toEqual([
    0, 0, 0.25, 0.5, 0.75, 1, 1,
  ]);
});

test("nothing moved, all count alike", () => {
  const weights = weightsNear(sample, parameters, {});
  expect(new Set(weights)).toEqual(new Set([1]));
  expect(effective(weights, 256)).toBe(256);
});

test("the effective number is that of a Gaussian kernel, n · 2√π h inside the range", () => {
  const h = bandwidth(1, 256);
  const worth = effective(weightsNear(sample, parameters, { even: 0.5 }), 256);
  expect(worth).toBeCloseTo(256 * 2 * Math.sqrt(Math.PI) * h, 0);
});

test("a moved assumption moves the mean of what equals it", () => {
  const weights = weightsNear(sample, parameters, { even: 0.3 });
  let sum = 0;
  let all = 0;
  weights.forEach((weight, i) => {
    sum += weight * even[i]!;
    all += weight;
  });
  expect(sum / all).toBeCloseTo(0.3, 2);
});

test("a discrete assumption must be equal, and takes nothing from the others", () => {
  const weights = weightsNear(sample, parameters, { odd: 1 });
  expect(Array.from(weights.slice(0, 4))).toEqual([0, 1, 0, 1]);
  expect(effective(weightsNear(sample, parameters, { odd: 7 }), 256)).toBe(0);
});

test("marked futures keep their weights and the rest have none", () => {
  expect(Array.from(within(Float64Array.of(1, 2, 3), Uint8Array.of(0, 1, 1)))).toEqual([0, 2, 3]);
});

test("what a claim hangs on leans, and what it does not hang on does not", () => {
  const verdict = Int8Array.from(even, (value) => (value > 0.5 ? 1 : -1));
  expect(leaning(even, parameters[0]!.stops!, verdict)).toBeCloseTo(0.5, 2);
  expect(leaning(odd, parameters[1]!.stops!, verdict)).toBeCloseTo(0, 2);
});
