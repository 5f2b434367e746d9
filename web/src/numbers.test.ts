import { expect, test } from "vitest";
import { figure, percent, rarePercent, shareLine, unbroken, weighedLine } from "./numbers";

test("shares are never rounded to none or all", () => {
  expect([0, 0.002, 0.425, 0.125, 0.999, 1].map(percent)).toEqual(
    ["0 %", "<1 %", "42 %", "12 %", ">99 %", "100 %"],
  );
  expect([0.0003, 0.031, 0.2].map(rarePercent)).toEqual(["<0.1 %", "3.1 %", "20 %"]);
});

test("figures are those of the largest number beside them", () => {
  expect(figure(0.31234, 12.5)).toBe("0.3");
  expect(figure(1234.5)).toBe("1,235");
  expect(figure(0.001, 50)).toBe("≈0");
  expect(figure(2.5e7)).toBe("2.50e7");
  expect([figure(0), figure(NaN)]).toEqual(["0", "–"]);
});

test("the sentence on a share is that of the text report", () => {
  const found = { share: 0.84375, interval: [0.68, 0.93], fails: 0.03125, undetermined: 0.125 } as const;
  expect(shareLine({ ...found }, 32)).toBe(
    "Holds in 84 % of sampled futures (68 % to 93 %, n = 32); fails in 3 %, undetermined in 12 %.",
  );
});

test("weighed futures say what they are worth", () => {
  const found = { share: 0.77, interval: [0.57, 0.9], fails: 0.23, undetermined: 0 } as const;
  expect(weighedLine({ ...found }, 23.4, 256)).toBe(
    "Holds in 77 % of futures so weighed (57 % to 90 %, worth 23 of 256); fails in 23 %.",
  );
});

test("no line breaks between a number and its unit", () => {
  expect(unbroken("in 72 % of 12 futures")).toBe("in 72\u00a0% of 12 futures");
  expect(unbroken("(3 % to 5 %, n = 64)")).toBe("(3\u00a0% to 5\u00a0%, n\u00a0=\u00a064)");
});
