import { expect, test } from "vitest";
import type { Block } from "./outline";
import { EMPTY, extended } from "./sample";

const block = (futures: number, from: number): Block => {
  const values = Array.from({ length: futures }, (_, i) => from + i);
  return {
    kind: "block",
    first: from,
    futures,
    doctrines: ["free-choice"],
    parameters: { p: values },
    outcomes: [[values]],
    values: [[values]],
    claims: { c: { verdict: values.map(() => 1), margin: values } },
    course: { war: [[[values.map(() => 0.5)]]] },
    failures: futures < 16 ? { "it overflows": 16 - futures } : {},
    left_out: 0,
  };
};

test("blocks follow each other in every array, and the sample before stays as it was", () => {
  const one = extended(EMPTY, block(16, 0), 16);
  const two = extended(one, block(14, 16), 32);
  expect(one.futures).toBe(16);
  expect(one.parameters["p"]!.length).toBe(16);
  expect(two.futures).toBe(30);
  expect(two.asked).toBe(32);
  expect(two.failures).toEqual({ "it overflows": 2 });
  const last = [two.parameters["p"]!, two.outcomes[0]![0]!].map((values) => values[29]);
  expect(last).toEqual([29, 29]);
  expect(two.claims["c"]!.length).toBe(30);
  expect(two.course["war"]![0]![0]![0]!.length).toBe(30);
});

test("a block of which nothing could be solved adds nothing but that", () => {
  const { parameters, ...rest } = block(0, 0);
  const one = extended(extended(EMPTY, block(16, 0), 16), { ...rest, parameters }, 32);
  expect([one.futures, one.asked, one.failures]).toEqual([16, 32, { "it overflows": 16 }]);
});
