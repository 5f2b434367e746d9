/** A ruling, as `standoff.report.document.ruling` writes it, and how its answers are worded. */

import { sentence } from "./sentence";

export const RULING_FORMAT = 1;

export type Truth = "yes" | "no" | "unclear";

/** A place in a work: its key in `references`, and where in it. */
export interface Cited {
  reference: string;
  at: string;
}

export interface Ruling {
  format: number;
  kind: "ruling";
  standoff: string;
  treaty: { name: string; title: string };
  "as of": string;
  parties: string[];
  incident: {
    name: string;
    title: string;
    summary: string;
    /** By name as files write it; a date is text, what is not known null. */
    facts: Record<string, string | number | string[] | null>;
    uncertain: string[];
    /** What was decided then; no ruling reads it. */
    happened: string;
    sources: Cited[];
  };
  /** Facts in the order in which they are told. */
  facts: Fact[];
  /** What each fact is that a rule may ask for. */
  asks: Record<string, string>;
  clauses: Finding[];
  readings: Reading[];
  /** What was altered in the treaty for this ruling. */
  changed: string[];
  /** The same facts by the treaty as it stood; empty where that was not asked. */
  history: Change[];
  /** Questions that were answered by other rules at other times. */
  altered: Altered[];
  members: { from: string; count: number; joined: string[]; left: string[] }[];
  references: Record<string, Work>;
  note: string;
}

export interface Fact {
  name: string;
  asks: string;
  value: string | null;
  means: string;
}

export interface Finding {
  clause: string;
  title: string;
  truth: Truth;
  "in force": boolean;
  tests: Test[];
  settles: { when: Record<string, string[]>; truth: Truth }[];
  differs: { reading: string; option: string; says: string; truth: Truth; sources: Cited[] }[];
  decides: { who: string; by: string; says: string; members: number; needed: number };
  follows: string;
  /** Readings on which it hangs how much is owed. */
  owed: { reading: string; asks: string; options: { option: string; says: string; sources: Cited[] }[] }[];
  sources: Cited[];
}

export interface Test {
  question: string;
  /** The question that it is part of; empty where the clause asks it itself. */
  within: string;
  asks: string;
  truth: Truth;
  rule: string;
  because: string[];
  sources: Cited[];
  settles: string[];
}

export interface Reading {
  reading: string;
  asks: string;
  held: string | null;
  options: Record<string, string>;
}

export interface Change {
  from: string;
  truths: Record<string, Truth>;
  because: string[];
}

export interface Altered {
  question: string;
  asks: string;
  versions: { from: string; to: string | null; says: string; sources: Cited[] }[];
}

export interface Work {
  title: string;
  author: string;
  year: string;
  in: string;
  url: string;
  checked: string;
}

/** What a clause comes to. */
export const ANSWER: Record<Truth, string> = { yes: "met", no: "not met", unclear: "unclear" };

/** What a test comes to. */
export const SAID: Record<Truth, string> = { yes: "yes", no: "no", unclear: "unclear" };

/** A sign beside the word, so that colour is never alone. */
export const SIGN: Record<Truth, string> = { yes: "●", no: "○", unclear: "◐" };

/** Reads a ruling from its JSON text. */
export function readRuling(text: string): Ruling {
  const written = JSON.parse(text) as Ruling;
  if (written.format !== RULING_FORMAT)
    throw new Error(`this ruling has format ${written.format}; this page reads ${RULING_FORMAT}`);
  return written;
}

/** A test with the tests that it turns on. */
export interface Asked {
  test: Test;
  parts: Asked[];
}

/** Tests as a tree: those that a clause asks itself, with those within them. */
export function tree(tests: readonly Test[], within = ""): Asked[] {
  return tests
    .filter((test) => test.within === within)
    .map((test) => ({ test, parts: test.question === within ? [] : tree(tests, test.question) }));
}

/** A stretch of time in which an answer stayed the same; shares of the whole line. */
export interface Stretch {
  truth: Truth;
  from: string;
  to: string;
  start: number;
  width: number;
}

/** The line of time of a ruling: from the treaty's first day to the last day that is told of. */
export function span(ruling: Ruling): [string, string] {
  const first = ruling.history[0]?.from ?? ruling["as of"];
  const days = [
    ruling["as of"],
    ...ruling.history.map((one) => one.from),
    ...ruling.members.map((one) => one.from),
    ...ruling.altered.flatMap((one) => one.versions.map((version) => version.from)),
  ];
  return [first < ruling["as of"] ? first : ruling["as of"], days.reduce((a, b) => (a > b ? a : b))];
}

/** Days since 1970. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / 86400000;

/** Where a day lies on a line of time, from 0 to 1. */
export function along(date: string, [first, last]: readonly [string, string]): number {
  const length = dayOf(last) - dayOf(first);
  return length > 0 ? Math.min(1, Math.max(0, (dayOf(date) - dayOf(first)) / length)) : 0;
}

/** What a clause came to over time; neighbours with the same answer are one. */
export function stretches(ruling: Ruling, clause: string, line: readonly [string, string]): Stretch[] {
  const found: Stretch[] = [];
  for (const change of ruling.history) {
    const truth = change.truths[clause];
    if (!truth || found.at(-1)?.truth === truth) continue;
    const before = found.at(-1);
    const start = along(change.from, line);
    if (before) {
      before.to = change.from;
      before.width = start - before.start;
    }
    found.push({ truth, from: change.from, to: line[1], start, width: 1 - start });
  }
  return found;
}

/** Round years on a line of time, at most `most` of them. */
export function years([first, last]: readonly [string, string], most: number): number[] {
  const [from, to] = [Number(first.slice(0, 4)), Number(last.slice(0, 4))];
  const step = [1, 2, 5, 10, 20, 50].find((one) => (to - from) / one <= most) ?? 100;
  const found = [];
  for (let year = Math.ceil((from + 1) / step) * step; year <= to; year += step) found.push(year);
  return found;
}

/** Keys of all works that the ruling cites, in the order of its bibliography. */
export function cited(ruling: Ruling): string[] {
  const keys = new Set(
    [
      ...ruling.incident.sources,
      ...ruling.clauses.flatMap((clause) => [
        ...clause.sources,
        ...clause.tests.flatMap((test) => test.sources),
        ...clause.differs.flatMap((other) => other.sources),
        ...clause.owed.flatMap((reading) => reading.options.flatMap((option) => option.sources)),
      ]),
      ...ruling.altered.flatMap((one) => one.versions.flatMap((version) => version.sources)),
    ].map((one) => one.reference),
  );
  return Object.keys(ruling.references).filter((key) => keys.has(key));
}

/** How a clause is decided, in words. */
export function votes(decides: Finding["decides"]): string {
  if (decides.by === "consensus") return `by consensus of all ${decides.members}`;
  if (decides.by === "each") return "each for itself";
  return `by ${decides.by}: ${decides.needed} of ${decides.members}`;
}

/** The questions for which a clause is not met, or unclear; none where it is met. */
export function decisive(finding: Finding): string[] {
  if (finding.truth === "yes") return [];
  return finding.tests.filter((test) => !test.within && test.truth === finding.truth).map((test) => test.asks);
}

/** Facts that rules do not ask for by themselves, and what follows from each of them. */
const FOLLOWS: Record<string, string> = {
  place: "area",
  territory: "area",
  target: "target party",
  attacker: "attacker party",
  "threat seen by": "threatened party",
};

/** Facts and readings on which a clause, a test, or what is owed hangs. */
function hanging(ruling: Ruling): Set<string> {
  return new Set(
    ruling.clauses.flatMap((clause) => [
      ...clause.tests.flatMap((test) => test.settles),
      ...clause.settles.flatMap((one) => Object.keys(one.when)),
      ...clause.differs.map((other) => other.reading),
      ...clause.owed.map((one) => one.reading),
    ]),
  );
}

/** Whether something hangs on a fact that is not known. */
export function matters(ruling: Ruling, fact: string): boolean {
  const open = hanging(ruling);
  return open.has(fact) || open.has(FOLLOWS[fact] ?? "");
}

/** Readings on which something hangs, and the others. */
export function parted(ruling: Ruling): [Reading[], Reading[]] {
  const open = hanging(ruling);
  return [ruling.readings.filter((one) => open.has(one.reading)), ruling.readings.filter((one) => !open.has(one.reading))];
}

/** Why an answer changed: the name of the question before it is put as the question itself. */
export function reasonText(ruling: Ruling, reason: string): string {
  const [name = "", ...rest] = reason.split(": ");
  const asked = [...ruling.clauses.flatMap((clause) => clause.tests), ...ruling.altered].find((one) => one.question === name);
  return asked && rest.length ? `${asked.asks} ${sentence(rest.join(": "))}` : sentence(reason);
}

/** The day by whose rules an incident is ruled where no other is asked for; null where none is known. */
export function ownDay({ incident }: Ruling): string | null {
  const day = incident.facts.known ?? incident.facts.date;
  return typeof day === "string" ? day : null;
}

/** The day, or the days, of an incident in words; null where that is not known. */
export function when(ruling: Ruling, told: (date: string) => string): string | null {
  const { date, until, known } = ruling.incident.facts;
  if (typeof date !== "string") return null;
  const span = typeof until === "string" && until !== date ? `${told(date)} to ${told(until)}` : told(date);
  return typeof known === "string" && known !== date ? `${span}, as known on ${told(known)}` : span;
}
