import { expect, test } from "vitest";
import { readDocument, row, unpack } from "./document";

// Written by `standoff.report.document.packed`.
const FLOATS = {"kind": "float32", "shape": [2, 3], "data": "eNpjYGDIP8AABEIPGQ4IMDQ/eWB/gMHK2wEAR9gG/g=="} as const;
const SHARES = {"kind": "share16", "shape": [3], "data": "eNpjYPjP4PAfAAWBAj8="} as const;
const SIGNS = {"kind": "int8", "shape": [3], "data": "eNr7z8AIAAMBAQE="} as const;

const plain = (packed: object) => [...unpack(packed as Parameters<typeof unpack>[0])];

test("packed arrays are those that Python packed", () => {
  expect(plain(FLOATS)).toEqual([1.5, -2.25, 0, Math.fround(1e-3), 3e7, 7]);
  expect(plain(SIGNS)).toEqual([-1, 0, 1]);
  [0, 0.25, 1].forEach((share, k) => expect(plain(SHARES)[k]).toBeCloseTo(share, 4));
});

test("a document's arrays are unpacked where they stand, and rows are taken from them", () => {
  const doc = readDocument({ format: 1, futures: { count: 3, parameters: FLOATS } });
  expect([...row(doc.futures.parameters!, 1)]).toEqual([Math.fround(1e-3), 3e7, 7]);
});

test("another format is refused", () => {
  expect(() => readDocument({ format: 2 })).toThrow("format 2");
});
