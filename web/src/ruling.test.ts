import { describe, expect, test } from "vitest";
import {
  along,
  cited,
  decisive,
  matters,
  ownDay,
  parted,
  readRuling,
  reasonText,
  span,
  stretches,
  tree,
  votes,
  when,
  years,
  type Ruling,
  type Test,
} from "./ruling";

const asked = (question: string, within = ""): Test => ({
  question,
  within,
  asks: `${question}?`,
  truth: "yes",
  rule: "",
  because: [],
  sources: [{ reference: `of-${question}`, at: "" }],
  settles: [],
});

/** Met from 1960 to 1980, and what is told of it. */
const RULING: Ruling = {
  format: 1,
  kind: "ruling",
  standoff: "0",
  treaty: { name: "t", title: "T" },
  "as of": "1970-01-01",
  parties: ["A"],
  incident: {
    name: "i",
    title: "I",
    summary: "",
    facts: { date: "1969-12-30", until: "1969-12-31", known: "1970-01-01" },
    uncertain: [],
    happened: "",
    sources: [{ reference: "press", at: "" }],
  },
  facts: [],
  asks: { attribution: "how surely the attacker is known" },
  clauses: [
    {
      clause: "c",
      title: "C",
      truth: "yes",
      "in force": true,
      tests: [asked("armed"), asked("domain", "armed"), asked("party")],
      settles: [],
      differs: [],
      decides: { who: "the council", by: "consensus", says: "", members: 12, needed: 12 },
      follows: "",
      owed: [],
      sources: [{ reference: "treaty", at: "article 1" }],
    },
  ],
  readings: [],
  changed: [],
  history: [
    { from: "1950-01-01", truths: { c: "no", d: "no" }, because: [] },
    { from: "1960-01-01", truths: { c: "yes", d: "no" }, because: [] },
    { from: "1980-01-01", truths: { c: "no", d: "no" }, because: [] },
  ],
  altered: [],
  members: [{ from: "1990-01-01", count: 1, joined: ["A"], left: [] }],
  references: Object.fromEntries(
    ["unread", "treaty", "of-armed", "of-domain", "of-party", "press"].map((key) => [
      key,
      { title: key, author: "", year: "", in: "", url: "", checked: "" },
    ]),
  ),
  note: "",
};

describe("the line of time", () => {
  test("goes from the treaty's first day to the last on which anything changes", () => {
    expect(span(RULING)).toEqual(["1950-01-01", "1990-01-01"]);
    expect(along("1950-01-01", span(RULING))).toBe(0);
    expect(along("1970-01-01", span(RULING))).toBeCloseTo(0.5, 4);
    expect(along("2050-01-01", span(RULING))).toBe(1);
  });

  test("is cut where an answer changes, and nowhere else; the parts make up the whole", () => {
    const parts = stretches(RULING, "c", span(RULING));
    expect(parts.map((one) => [one.truth, one.from, one.to])).toEqual([
      ["no", "1950-01-01", "1960-01-01"],
      ["yes", "1960-01-01", "1980-01-01"],
      ["no", "1980-01-01", "1990-01-01"],
    ]);
    expect(parts.reduce((sum, one) => sum + one.width, 0)).toBeCloseTo(1, 12);
    expect(stretches(RULING, "d", span(RULING))).toHaveLength(1);
  });

  test("has round years, no more than there is room for", () => {
    expect(years(["1949-08-24", "2024-03-07"], 10)).toEqual([1950, 1960, 1970, 1980, 1990, 2000, 2010, 2020]);
    expect(years(["1949-08-24", "2024-03-07"], 4)).toEqual([1960, 1980, 2000, 2020]);
  });
});

test("tests stand below the question that they are part of", () => {
  const found = tree(RULING.clauses[0]!.tests);
  expect(found.map((one) => one.test.question)).toEqual(["armed", "party"]);
  expect(found[0]!.parts.map((one) => one.test.question)).toEqual(["domain"]);
});

test("only works that are cited are listed, in the order of the bibliography", () => {
  expect(cited(RULING)).toEqual(["treaty", "of-armed", "of-domain", "of-party", "press"]);
});

test("votes and days are said in words", () => {
  const decides = RULING.clauses[0]!.decides;
  expect(votes(decides)).toBe("by consensus of all 12");
  expect(votes({ ...decides, by: "two-thirds", needed: 8 })).toBe("by two-thirds: 8 of 12");
  expect(votes({ ...decides, by: "each" })).toBe("each for itself");
  expect(when(RULING, (date) => date)).toBe("1969-12-30 to 1969-12-31, as known on 1970-01-01");
});

test("an answer that is not met is told with the questions that failed, an open one with the open ones", () => {
  const finding = RULING.clauses[0]!;
  const tests = [
    { ...asked("armed"), truth: "no" as const },
    { ...asked("domain", "armed"), truth: "no" as const },
    { ...asked("party"), truth: "unclear" as const },
    asked("meant"),
  ];
  expect(decisive({ ...finding, tests })).toEqual([]);
  expect(decisive({ ...finding, truth: "no", tests })).toEqual(["armed?"]);
  expect(decisive({ ...finding, truth: "unclear", tests })).toEqual(["party?"]);
});

test("facts and readings on which nothing hangs are told from those on which something does", () => {
  const reading = (name: string) => ({ reading: name, asks: "", held: null, options: {} });
  const ruling: Ruling = {
    ...RULING,
    clauses: [
      {
        ...RULING.clauses[0]!,
        tests: [{ ...asked("armed"), settles: ["threatened party"] }],
        settles: [{ when: { intent: ["accident"], cumulation: ["together"] }, truth: "no" }],
        differs: [{ reading: "single-strike", option: "o", says: "", truth: "no", sources: [] }],
        owed: [{ reading: "deems-necessary", asks: "", options: [] }],
      },
    ],
    readings: ["cumulation", "threshold", "single-strike", "deems-necessary"].map(reading),
  };
  expect(["intent", "threat seen by", "dead", "place"].map((fact) => matters(ruling, fact))).toEqual([true, true, false, false]);
  expect(parted(ruling).map((some) => some.map((one) => one.reading))).toEqual([
    ["cumulation", "single-strike", "deems-necessary"],
    ["threshold"],
  ]);
});

test("why an answer changed is told with the question, not with its name", () => {
  expect(reasonText(RULING, "armed: domain: yes; means: no")).toBe("armed? Domain: yes; means: no.");
  expect(reasonText(RULING, "it was: not yet there")).toBe("It was: not yet there.");
});

test("an incident's own day is when it was known, or else when it happened", () => {
  const on = (facts: Ruling["incident"]["facts"]) => ownDay({ ...RULING, incident: { ...RULING.incident, facts } });
  expect(ownDay(RULING)).toBe("1970-01-01");
  expect(on({ date: "1969-12-30", until: "1969-12-31", known: null })).toBe("1969-12-30");
  expect(on({ date: null })).toBeNull();
});

test("a ruling of another format is refused in words", () => {
  expect(() => readRuling(JSON.stringify({ ...RULING, format: 2 }))).toThrow("format 2");
});
