import { describe, expect, test } from "vitest";
import { frameOf, placeOf } from "./charts/rungs";
import {
  above,
  between,
  changes,
  eventText,
  evidenceText,
  otherPairs,
  pairName,
  quantile,
  rangeText,
  readPicture,
  standsSince,
  stretches,
  tempoText,
  thresholds,
  twoFigures,
  type Event,
  type Pair,
  type Shown,
  type Since,
  type Stream,
  type Tempo,
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
    { treaty: "t", clause: "article-4", rung: 2, answer: "yes", open: [] },
    { treaty: "t", clause: "article-4", rung: 1, answer: "yes", open: [] },
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

test("clauses with one answer at a threshold are said together", () => {
  const clauses = ["article-5", "article-4", "article-6"].map((clause, k) => ({
    treaty: "t",
    clause,
    rung: 1,
    answer: k < 2 ? "unclear" : "no",
    open: [],
  }));
  expect(thresholds({ ...PAIR, clauses })).toEqual([
    { rung: 1, says: "article-5 and article-4 unclear, article-6 not met" },
  ]);
});

test("an interval of one rung is that rung alone", () => {
  expect(between(SHOWN.picture, 1, 1)).toBe("tense alone");
  expect(between(SHOWN.picture, 0, 2)).toBe("calm to fight");
});

test("a pair stands where it does since the last period in which it stood elsewhere", () => {
  expect([[0], [0, 0], [0, 2], [2, 0, 2, 2]].map((median) => standsSince({ ...PAIR, median }))).toEqual([0, 0, 1, 2]);
});

test("rows of pairs that are not shown are counted over streams, and other strangers are not", () => {
  const streams = [3, 4].map((rows) => ({
    ...stream("s", false),
    elsewhere: [{ word: "other pairs", rows }, { word: "one actor alone", rows: 9 }],
  }));
  expect(otherPairs({ ...SHOWN.picture, streams })).toBe(7);
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

test("estimates have two figures at most and none beyond a tenth, numbers given keep theirs", () => {
  expect(rangeText([0.00764, 0.2201, 1309])).toBe("0.2 (<0.1 to 1,300)");
  expect(rangeText([0, 1, 9.97])).toBe("1.0 (0.0 to 10)");
  expect([0.001, 0.316, 3, 12345].map(twoFigures)).toEqual(["0.001", "0.32", "3", "12,000"]);
});

test("evidence is said in the words of Jeffreys", () => {
  expect([-1, 0.2, 0.7, 1.2, 3].map(evidenceText)).toEqual(["none", "hardly any", "substantial", "strong", "decisive"]);
});

describe("the tempo of a stream", () => {
  const tempo = (period: number): Tempo => ({
    stream: 0,
    period,
    reports: 1,
    per_30_days: [0.35, 1.38, 3.8],
    against_the_period_before: null,
    against_the_year_before: null,
    change: null,
  });

  test("says how many reports there were, and what that is in 30 days", () => {
    expect(tempoText(SHOWN.picture, tempo(1))).toBe(
      "1 report in the week from 8\u00a0January 2024. In 30 days that is 1.4 (80 % interval 0.3 to 3.8).",
    );
  });

  test("is set against what was before, where that is known", () => {
    const known = tempo(1);
    known.against_the_period_before = [0.19, 1, 5.6];
    known.against_the_year_before = [0.001, 0.47, 1.3];
    expect(tempoText(SHOWN.picture, known)).toContain(
      "; 1.0 (0.2 to 5.6) times the rate of the week before, and 0.5 (<0.1 to 1.3) times the rate of the year before.",
    );
  });

  test("says of what it is the last that is covered, and how little of it", () => {
    const streams = [{ ...stream("press", false), covered: [0.14, 0] }];
    expect(tempoText({ ...SHOWN.picture, streams }, tempo(0))).toContain(
      "from 1\u00a0January 2024, the last that the stream covers, of whose days it covers 14 %. In",
    );
  });
});

describe("a mark", () => {
  test("lies at its day and on its rung, streams apart, inside the frame at any width", () => {
    for (const width of [120, 390, 2560]) {
      const frame = frameOf(SHOWN.picture, width);
      const place = placeOf(frame, EVENT, 2);
      const row = (frame.height - frame.top - frame.bottom) / 3;
      const lanes = [1, 2, 3].flatMap((all) => Array.from({ length: all }, (_, k) => placeOf(frame, { ...EVENT, stream: k }, all).y));
      for (const y of lanes) expect(Math.abs(y - frame.top - row / 2)).toBeGreaterThan(3);
      expect(place.x).toBeCloseTo(frame.left + (width - frame.left - frame.right) / 2, 6);
      expect(place.y).toBeGreaterThan(frame.top);
      expect(place.y).toBeLessThan(frame.top + row);
      expect(placeOf(frame, { ...EVENT, stream: 0 }, 2).y).toBeLessThan(place.y);
      expect(placeOf(frame, { ...EVENT, day: "2099-01-01" }, 2).x).toBeCloseTo(width - frame.right, 6);
    }
  });
});

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

describe("what changed", () => {
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
      "1 week more, from 8\u00a0January 2024.",
      "Russia and Ukraine: from calm to fight.",
      "Russia and Ukraine: the week from 1\u00a0January 2024 is now read as tense, not calm.",
      "Russia and Ukraine: press reports 12 (10 to 15) in 30 days, more often than before, 2.0 (1.0 to 3.0).",
      "Russia and Ukraine: a treaty, article 5: unclear, of an incident at fight; before, not asked.",
      "press was revised on Russia and Ukraine: 1 week, 3 reports added.",
      "New codes that are not mapped: 999 (press, 1 row).",
    ]);
  });
});

test("a revision tells what was taken back only where something was", () => {
  const since = { ...NOTHING, revised: [{ stream: "press", actors: ["RUS", "UKR"] as [string, string], periods: 2, added: 0, removed: 1 }] };
  expect(changes(SHOWN, since)).toEqual(["press was revised on Russia and Ukraine: 2 weeks, 1 report taken back."]);
});

test("a picture of another format is refused in words", () => {
  expect(() => readPicture({ format: 2 })).toThrow("format 2");
});
