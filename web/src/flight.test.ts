import { describe, expect, test } from "vitest";
import { inside, placed, projected, proportion } from "./charts/map";
import type { Displacement } from "./document";
import { at, bandOf, charted, csvOf, peopleText, recordedAt } from "./flight";

const cube = (shape: number[], values: number[]) => ({ shape, values: Float32Array.from(values) });

/** Two doctrines, two dates; all abroad are in a country with one place. */
const FOUND: Displacement = {
  instance: "made-up",
  counted: "uprooted",
  rule: "destination choice",
  futures: 3,
  every: 7,
  settings: [],
  measures: [null, "corridor"],
  dates: ["2022-03-15", "2022-03-22"],
  spots: [{ country: "", place: "abroad" }, { country: "", place: "waiting" }, { country: "B, C", place: "Gate" }],
  bands: cube([3, 2, 2, 3], [
    0, 0, 0, 10, 0, 10, 0, 0, 0, 5, 0, 5,
    0, 0, 0, 20, 0, 20, 0, 0, 0, 10, 0, 10,
    0, 0, 0, 1234567, 0, 1234567, 0, 0, 0, 15, 0, 15,
  ]),
  recorded: [[0, null, 0], [17, null, null]],
  places: [],
  people: cube([2, 2, 0], []),
  roads: [],
  flows: cube([2, 0, 2], []),
  open: [[], []],
  box: [20, 45, 40, 52],
  outlines: [],
};

test("elements are found in arrays of any dimensions", () => {
  expect(at(FOUND.bands, 1, 0, 1, 2)).toBe(20);
  expect(at(FOUND.bands, 0, 1, 1, 0)).toBe(5);
  expect(bandOf(FOUND, 1, 0)[1]).toMatchObject({ low: 5, median: 10, high: 15 });
});

test("charts are of parts and countries where anybody ever is", () => {
  expect(charted(FOUND)).toEqual([0]);
});

test("records are shown where there are any", () => {
  expect(recordedAt(FOUND, 0).map((one) => one.people)).toEqual([0, 17]);
  expect(recordedAt(FOUND, 1)).toEqual([]);
});

test("the table to take away has a line for each date, spot and doctrine, and quotes commas", () => {
  const lines = csvOf(FOUND, ["free", "late"]).split("\n");
  expect(lines).toHaveLength(1 + 2 * 3 * 2 + 1);
  expect(lines[0]).toBe("date,country,place,doctrine,p05,median,p95,recorded");
  expect(lines[7]).toBe("2022-03-22,,abroad,free,10,20,1234567,17");
  expect(lines[12]).toBe('2022-03-22,"B, C",Gate,late,5,10,15,');
});

test("people have three figures", () => {
  expect([0, 57.4, 1234567].map(peopleText)).toEqual(["0", "57", "1,230,000"]);
});

describe("a map", () => {
  test("keeps shapes: a degree north is longer the further from the equator", () => {
    expect(projected(10, 0)).toEqual([10, 0]);
    expect(projected(0, 60.001)[1] - projected(0, 59.999)[1]).toBeCloseTo(0.004, 5);
    expect(proportion(FOUND)).toBeGreaterThan(7 / 20 / Math.cos((45 * Math.PI) / 180));
  });

  test("sets labels beside their places, none over another, a circle or the edge", () => {
    const wishes = [80, 84, 88, 190].map((x, k) => ({ x, y: 50, radius: 6, text: `Place ${k}`, strong: false }));
    const taken: [number, number, number, number][] = [];
    const labels = placed(wishes, 200, 100, taken);
    expect(labels.length).toBeGreaterThan(2);
    taken.forEach(([l, t, r, b], i) =>
      taken.forEach(([l2, t2, r2, b2], j) => {
        if (i < j && j >= wishes.length) expect(l < r2 && r > l2 && t < b2 && b > t2).toBe(false);
      }),
    );
    expect(labels.find((one) => one.text === "Place 3")?.anchor).not.toBe("start");
  });

  test("keeps labels off roads; strong ones only where there is other room", () => {
    const wish = [{ x: 100, y: 50, radius: 4, text: "Here", strong: true }];
    expect(placed(wish, 200, 100)[0]?.anchor).toBe("start");
    expect(placed(wish, 200, 100, [], [[100, 45, 200, 55]])[0]?.anchor).toBe("end");
    expect(placed(wish, 200, 100, [], [[0, 0, 200, 100]])).toHaveLength(1);
    expect(placed([{ ...wish[0]!, strong: false }], 200, 100, [], [[0, 0, 200, 100]])).toEqual([]);
  });

  test("names a country inside its outline, or not at all", () => {
    const ring: [number, number][] = [[0, 0], [100, 0], [100, 20], [40, 20], [40, 100], [0, 100]];
    const [x, y] = inside(ring, 30, 200, 200, [])!;
    expect(y < 20 || x < 40).toBe(true);
    expect(inside(ring, 120, 200, 200, [])).toBeNull();
  });
});
