import { expect, test } from "vitest";
import type { Document, Outcome } from "../document";
import { outcomeTable } from "./outcomes";

const doc = {
  futures: { count: 2, parameters: null },
  crisis: { doctrines: [{ name: "free-choice" }] },
} as unknown as Document;

const outcome = (limit: number | null, noise: number | null): Outcome => ({
  name: "war",
  unit: "share of courses",
  share: true,
  better: "lower",
  actor: null,
  kind: "ever",
  says: "",
  rows: [{ doctrine: "free-choice", median: 0.5, low: 0.25, high: 0.75, regret: 0, most_regret: 0.1, limit, noise }],
  values: { shape: [1, 2], values: Float32Array.from([0.25, 0.75]) },
  limits: null,
});

test("a table has the limit and the noise where they are known, even where they are 0", () => {
  const { columns, rows } = outcomeTable(doc, outcome(0, 0), null);
  expect(columns.slice(-2)).toEqual(["limit", "noise"]);
  expect(rows[0]).toHaveLength(columns.length);
  expect(rows[0]?.slice(-2)).toEqual(["0 %", "0 %"]);
});

test("a table of equilibria only has no column for what was not solved", () => {
  const { columns, rows } = outcomeTable(doc, outcome(null, null), null);
  expect(columns).toEqual(["doctrine", "median", "5 %", "95 %", "regret", "largest"]);
  expect(rows[0]).toHaveLength(columns.length);
});
