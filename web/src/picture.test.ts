import { describe, expect, test } from "vitest";
import { frameOf, placeOf } from "./charts/rungs";
import {
  above,
  changes,
  eventText,
  evidenceText,
  pairName,
  quantile,
  rangeText,
  readPicture,
  stretches,
  thresholds,
  type Event,
  type Pair,
  type Shown,
  type Since,
  type Stream,
} from "./picture";

const stream = (name: string, claim: boolean): Stream => ({
  name,
  title: name,
  codebook: name,
  version: "1",
  terms: "",
  files: [],
  from: null,
  to: null,
  rows: { read: 0, mapped: 0, unmapped: 0, ignored: 0, elsewhere: 0, outside: 0, aside: 0 },
  unmapped: [],
  ignored: [],
  elsewhere: [],
  strangers: [],
  aside: [],
  reporting: { usual: 1, seen: [0.3, 3], mistaken: [0.003, 0.03], lag_days: 0, claim, why: "" },
  remarks: [],
  covered: [1, 1],
});

const EVENT: Event = { day: "2024-01-08", stream: 1, rung: 2, code: "190", label: "force", by: 1, reports: 2 };

const PAIR: Pair = {
  actors: ["RUS", "UKR"],
  countries: [["RUS"], ["UKR"]],
  probability: [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]],
  low: [0, 1],
  median: [0, 2],
  high: [2, 2],
  if_rates_were_known: { low: [0, 2], high: [1, 2] },
  within_a_period: [1, 0.9, 0.7],
  tempo: [],
  events: [EVENT],
  clauses: [
    { treaty: "t", clause: "article-5", rung: 2, answer: "unclear", open: [] },
    { treaty: "t", clause: "article-4", rung: 2, answer: "met", open: [] },
    { treaty: "t", clause: "article-4", rung: 1, answer: "met", open: [] },
  ],
  counts: [
    [[5, 1, 0], [0, 0, 2]],
    [[0, 0, 0], [0, 0, 2]],
  ],
};

const SHOWN: Shown = {
  format: 1,
  kind: "picture",
  standoff: "0",
  picture: {
    picture: 1,
    ladder: { variable: "war", rungs: ["calm", "tense", "fight"], scenario: null, scenario_hash: null },
    mapping: { name: "m", title: "M", about: "", sha256: "" },
    moves: { every_days: 7, next: [], why: "" },
    periods: { length: "week", starts: ["2024-01-01", "2024-01-08"], end: "2024-01-15" },
    streams: [stream("press", false), stream("ministry", true)],
    pairs: [PAIR],
  },
  countries: { RUS: "Russia", UKR: "Ukraine" },
  since: null,
};

test("quantiles are the lowest rungs that hold so much", () => {
  expect([0.1, 0.5, 0.51, 0.9].map((share) => quantile([0.5, 0.3, 0.2], share))).toEqual([0, 0, 1, 2]);
});

test("periods follow each other up to the end", () => {
  const found = stretches(SHOWN.picture);
  expect(found.map((one) => one.to.toISOString().slice(0, 10))).toEqual(["2024-01-08", "2024-01-15"]);
});

test("tempo leaves out the lowest rung", () => {
  expect(above(PAIR, 0)).toEqual([1, 2]);
});

test("thresholds are where a clause comes to something else than below", () => {
  expect(thresholds(PAIR)).toEqual([
    { rung: 1, says: "article-4 met" },
    { rung: 2, says: "article-5 unclear" },
  ]);
});

test("an event says who, what, how often, by which stream, and that it is a claim", () => {
  expect(eventText(SHOWN, PAIR, EVENT)).toBe(
    "force (190), on the rung fight, by Ukraine: 2 reports, ministry, claim of a belligerent",
  );
  expect(eventText(SHOWN, PAIR, { ...EVENT, stream: 0, reports: 1, label: "190" })).toBe(
    "190, on the rung fight, by Ukraine: 1 report, press",
  );
});

test("names are those of countries, and else what the mapping calls an actor", () => {
  expect(pairName(SHOWN, PAIR.actors)).toBe("Russia and Ukraine");
  expect(pairName(SHOWN, ["alliance", "RUS"])).toBe("alliance and Russia");
});

test("ranges and evidence are said with two figures at most", () => {
  expect(rangeText([0.00764, 0.2201, 1309], "×")).toBe("×0.22 (×0.0076 to ×1,300)");
  expect(rangeText(null)).toBeNull();
  expect([-1, 0.2, 0.7, 1.2, 3].map(evidenceText)).toEqual(["none", "hardly any", "substantial", "strong", "decisive"]);
});

describe("a mark", () => {
  test("lies at its day and on its rung, streams apart, inside the frame at any width", () => {
    for (const width of [120, 390, 2560]) {
      const frame = frameOf(SHOWN.picture, width);
      const place = placeOf(frame, EVENT, 2);
      const row = (frame.height - frame.top - frame.bottom) / 3;
      expect(place.x).toBeCloseTo(frame.left + (width - frame.left - frame.right) / 2, 6);
      expect(place.y).toBeGreaterThan(frame.top);
      expect(place.y).toBeLessThan(frame.top + row);
      expect(placeOf(frame, { ...EVENT, stream: 0 }, 2).y).toBeLessThan(place.y);
      expect(placeOf(frame, { ...EVENT, day: "2099-01-01" }, 2).x).toBeCloseTo(width - frame.right, 6);
    }
  });
});

describe("what changed", () => {
  const NOTHING: Since = {
    new_periods: [],
    new_pairs: [],
    lost_pairs: [],
    new_streams: [],
    lost_streams: [],
    moved: [],
    revised: [],
    new_unmapped: [],
    mapping_changed: false,
    paced: [],
    turned: [],
  };

  test("is nothing where nothing did", () => {
    expect(changes(SHOWN, NOTHING)).toEqual([]);
  });

  test("is told a sentence each", () => {
    const since: Since = {
      ...NOTHING,
      new_periods: ["2024-01-08"],
      moved: [{ actors: ["RUS", "UKR"], now: { from: "calm", to: "fight" }, periods: [{ start: "2024-01-01", from: "calm", to: "tense" }] }],
      revised: [{ stream: "press", actors: ["RUS", "UKR"], periods: 1, added: 3, removed: 0 }],
      new_unmapped: [{ stream: "press", code: "999", rows: 1 }],
      mapping_changed: true,
      paced: [{ stream: "press", actors: ["RUS", "UKR"], from: [1, 2, 3], to: [10, 12, 15] }],
      turned: [
        {
          actors: ["RUS", "UKR"],
          treaty: "a treaty",
          clause: "article 5",
          from: null,
          to: { rung: "fight", answer: "unclear" },
        },
      ],
    };
    expect(changes(SHOWN, since)).toEqual([
      "The mapping has changed, and with it what codes mean.",
      "1 week more, from 8 January 2024.",
      "Russia and Ukraine: from calm to fight.",
      "Russia and Ukraine: the week from 1 January 2024 is now read as tense, not calm.",
      "Russia and Ukraine: press reports 12 (10 to 15) in 30 days, more often than before, 2 (1 to 3).",
      "Russia and Ukraine: a treaty, article 5: unclear, of an incident at fight; before, not asked.",
      "press was revised on Russia and Ukraine: 1 week, 3 reports added, 0 taken back.",
      "New codes that are not mapped: 999 (press, 1 row).",
    ]);
  });
});

test("a picture of another format is refused in words", () => {
  expect(() => readPicture({ format: 2 })).toThrow("format 2");
});
