/** A threat picture, as `standoff.report.document.picture` writes it, and what charts need of it. */

import { dateText } from "./dates";
import { percent } from "./numbers";
import { ANSWER, type Truth } from "./ruling";

export const PICTURE_FORMAT = 1;

/** Low end, middle and high end of an 80 % interval. */
export type Range = [number, number, number];

export interface Shown {
  format: number;
  kind: "picture";
  standoff: string;
  picture: Picture;
  /** Names of countries by their codes. */
  countries: Record<string, string>;
  /** What is otherwise than in an earlier picture; null where there was none to compare with. */
  since: Since | null;
}

export interface Since {
  new_periods: string[];
  new_pairs: [string, string][];
  lost_pairs: [string, string][];
  new_streams: string[];
  lost_streams: string[];
  /** Pairs whose median rung is another: of the last period, and of periods that both have. */
  moved: {
    actors: [string, string];
    now: { from: string; to: string } | null;
    periods: { start: string; from: string; to: string }[];
  }[];
  /** Streams whose counts of the same periods are others. */
  revised: { stream: string; actors: [string, string]; periods: number; added: number; removed: number }[];
  new_unmapped: { stream: string; code: string; rows: number }[];
  mapping_changed: boolean;
  /** Streams whose reports in 30 days come in another tempo: low, middle and high. */
  paced: { stream: string; actors: [string, string]; from: [number, number, number]; to: [number, number, number] }[];
  /** Clauses near a pair with another answer, newly near, or no more. */
  turned: { actors: [string, string]; treaty: string; clause: string; from: Asked | null; to: Asked | null }[];
}

/** A clause asked of an incident at a rung. */
export interface Asked {
  rung: string;
  answer: string;
}

/** docs/watch.md describes the keys. */
export interface Picture {
  picture: number;
  ladder: { variable: string; rungs: string[]; scenario: string | null; scenario_hash: string | null };
  mapping: { name: string; title: string; about: string; sha256: string };
  moves: { every_days: number; next: number[][]; why: string };
  /** The first day of each period, and the first after the last. */
  periods: { length: string; starts: string[]; end: string };
  streams: Stream[];
  pairs: Pair[];
}

export interface Counted {
  word: string;
  rows: number;
}

export interface Stream {
  name: string;
  title: string;
  codebook: string;
  version: string;
  terms: string;
  files: { name: string; sha256: string }[];
  from: string | null;
  to: string | null;
  rows: { read: number; mapped: number; unmapped: number; ignored: number; elsewhere: number; outside: number; aside: number };
  unmapped: Counted[];
  ignored: Counted[];
  elsewhere: Counted[];
  strangers: Counted[];
  aside: Counted[];
  reporting: {
    usual: number;
    seen: [number, number];
    mistaken: [number, number];
    lag_days: number;
    claim: boolean;
    why: string;
  };
  remarks: string[];
  /** [period]: the share of its days of which the stream speaks. */
  covered: number[];
}

export interface Pair {
  actors: [string, string];
  countries: [string[], string[]];
  /** [period][rung] */
  probability: number[][];
  /** [period], rungs by number; the ends of 80 % intervals. */
  low: number[];
  median: number[];
  high: number[];
  if_rates_were_known: { low: number[]; high: number[] };
  /** [rung]: of reaching at least it within one period more. */
  within_a_period: number[];
  tempo: Tempo[];
  events: Event[];
  clauses: Clause[];
  /** [stream][period][rung] */
  counts: number[][][];
}

export interface Tempo {
  stream: number;
  /** The last period that the stream covers, to which the rest refers. */
  period: number;
  reports: number;
  per_30_days: Range;
  against_the_period_before: Range | null;
  against_the_year_before: Range | null;
  change: { period: number; log10_bayes_factor: number; dispersion: number } | null;
}

/** Reports of one day, code and stream above the lowest rung; `by` is who acts, of the pair. */
export interface Event {
  day: string;
  stream: number;
  rung: number;
  code: string;
  label: string;
  by: number;
  reports: number;
}

/** A clause of a treaty, asked of an incident at a rung. */
export interface Clause {
  treaty: string;
  clause: string;
  rung: number;
  answer: string;
  open: string[];
}

/** A picture that JSON holds, if it is one. */
export function readPicture(written: { format: number }): Shown {
  if (written.format !== PICTURE_FORMAT)
    throw new Error(`this picture has format ${written.format}; this page reads ${PICTURE_FORMAT}`);
  return written as Shown;
}

/** The name of an actor: a country's, if its code stands for it. */
export function actorName(shown: Shown, actor: string): string {
  return shown.countries[actor] ?? actor;
}

/** The two of a pair. */
export function pairName(shown: Shown, actors: readonly string[]): string {
  return actors.map((actor) => actorName(shown, actor)).join(" and ");
}

/** What changed, a sentence each; the most recent periods first. */
export function changes(shown: Shown, since: Since): string[] {
  const MOST = 6;
  const count = (n: number, word: string) => `${n.toLocaleString("en-US")} ${word}${n === 1 ? "" : "s"}`;
  const pairs = (some: [string, string][]) => some.map((pair) => pairName(shown, pair)).join("; ");
  const said: string[] = [];
  const tell = (there: unknown, sentence: () => string) => there && said.push(sentence());
  const { length } = shown.picture.periods;
  tell(since.mapping_changed, () => "The mapping has changed, and with it what codes mean.");
  tell(since.new_periods.length, () => `${count(since.new_periods.length, length)} more, from ${dateText(since.new_periods[0]!)}.`);
  for (const one of since.moved) {
    const who = pairName(shown, one.actors);
    tell(one.now, () => `${who}: from ${one.now!.from} to ${one.now!.to}.`);
    for (const was of one.periods.slice(-MOST).reverse())
      said.push(`${who}: the ${length} from ${dateText(was.start)} is now read as ${was.to}, not ${was.from}.`);
    const more = one.periods.length - MOST;
    tell(more > 0, () => `${who}: so are ${count(more, length)} before.`);
  }
  for (const one of since.paced)
    said.push(
      `${pairName(shown, one.actors)}: ${one.stream} reports ${rangeText(one.to)} in 30 days, ` +
        `${one.to[1] > one.from[1] ? "more" : "less"} often than before, ${rangeText(one.from)}.`,
    );
  const asked = (one: Asked | null) => (one ? `${answerText(one.answer)}, of an incident at ${one.rung}` : "not asked");
  for (const one of since.turned)
    said.push(`${pairName(shown, one.actors)}: ${one.treaty}, ${one.clause}: ${asked(one.to)}; before, ${asked(one.from)}.`);
  for (const one of since.revised) {
    const parts = [
      count(one.periods, length),
      one.added && `${count(one.added, "report")} added`,
      one.removed && `${one.added ? one.removed.toLocaleString("en-US") : count(one.removed, "report")} taken back`,
    ];
    said.push(`${one.stream} was revised on ${pairName(shown, one.actors)}: ${parts.filter(Boolean).join(", ")}.`);
  }
  tell(since.new_pairs.length, () => `New pairs: ${pairs(since.new_pairs)}.`);
  tell(since.lost_pairs.length, () => `No longer there: ${pairs(since.lost_pairs)}.`);
  tell(since.new_streams.length, () => `New streams: ${since.new_streams.join(", ")}.`);
  tell(since.lost_streams.length, () => `Streams no longer there: ${since.lost_streams.join(", ")}.`);
  const codes = since.new_unmapped.map((one) => `${one.code} (${one.stream}, ${count(one.rows, "row")})`);
  tell(codes.length, () => `New codes that are not mapped: ${codes.join(", ")}.`);
  return said;
}

/** The lowest rung at which at least `share` of the probability is reached. */
export function quantile(probability: readonly number[], share: number): number {
  let sum = 0;
  for (let rung = 0; rung < probability.length; rung++) {
    sum += probability[rung] ?? 0;
    if (sum >= share - 1e-9) return rung;
  }
  return probability.length - 1;
}

/** The ends of a period. */
export interface Stretch {
  from: Date;
  to: Date;
}

/** All periods, from their first day up to the next one's. */
export function stretches(picture: Picture): Stretch[] {
  const { starts, end } = picture.periods;
  return starts.map((start, k) => ({ from: new Date(start), to: new Date(starts[k + 1] ?? end) }));
}

/** Reports above the lowest rung, of a stream, by period. */
export function above(pair: Pair, stream: number): number[] {
  return (pair.counts[stream] ?? []).map((rungs) => rungs.slice(1).reduce((sum, count) => sum + count, 0));
}

/** What a clause comes to, in the words of a ruling. */
export const answerText = (answer: string): string => ANSWER[answer as Truth] ?? answer;

/** Thresholds as lines: the rungs at which clauses come to something else than on the rung below. */
export function thresholds(pair: Pair): { rung: number; says: string }[] {
  const found = new Map<number, Map<string, string[]>>();
  const before = new Map<string, string>();
  for (const one of [...pair.clauses].sort((a, b) => a.rung - b.rung)) {
    const name = `${one.treaty} ${one.clause}`;
    if (before.get(name) === one.answer) continue;
    before.set(name, one.answer);
    const answers = found.get(one.rung) ?? new Map<string, string[]>();
    answers.set(one.answer, [...(answers.get(one.answer) ?? []), one.clause]);
    found.set(one.rung, answers);
  }
  return [...found].map(([rung, answers]) => ({
    rung,
    says: [...answers].map(([answer, clauses]) => `${clauses.join(" and ")} ${answerText(answer)}`).join(", "),
  }));
}

/** An interval of rungs in words. */
export function between(picture: Picture, low: number | undefined, high: number | undefined): string {
  const [from, to] = [low, high].map((k) => picture.ladder.rungs[k ?? 0] ?? "");
  return from === to ? `${from} alone` : `${from} to ${to}`;
}

/** The first period of those up to the last in which the median rung was what it is now. */
export function standsSince(pair: Pair): number {
  const now = pair.median.at(-1);
  return pair.median.findLastIndex((rung) => rung !== now) + 1;
}

/** Rows of pairs that nobody asked for, of all streams. */
export function otherPairs(picture: Picture): number {
  return picture.streams
    .flatMap((stream) => stream.elsewhere.filter((one) => one.word === "other pairs"))
    .reduce((sum, one) => sum + one.rows, 0);
}

/** A number that was given, with two figures. */
export function twoFigures(value: number): string {
  if (value >= 1000) return value.toLocaleString("en-US", { maximumSignificantDigits: 2 });
  return String(Number(value.toPrecision(2)));
}

/** A rate or ratio that was estimated: two figures at most, and none beyond a tenth. */
export function estimate(value: number): string {
  if (value >= 9.95) return twoFigures(value);
  return value > 0 && value < 0.05 ? "<0.1" : value.toFixed(1);
}

/** An estimated range in words: its middle, and its ends. */
export function rangeText([low, middle, high]: Range): string {
  return `${estimate(middle)} (${estimate(low)} to ${estimate(high)})`;
}

/** How often a stream reports of late, and against what was before. */
export function tempoText(picture: Picture, tempo: Tempo): string {
  const { length, starts } = picture.periods;
  const [low, middle, high] = tempo.per_30_days.map(estimate);
  const covered = picture.streams[tempo.stream]?.covered[tempo.period] ?? 1;
  const reports = `${tempo.reports.toLocaleString("en-US")} report${tempo.reports === 1 ? "" : "s"}`;
  const late = tempo.period < starts.length - 1 ? ", the last that the stream covers" : "";
  const part = covered < 0.995 ? `, of whose days it covers ${percent(covered)}` : "";
  const [period, year] = [tempo.against_the_period_before, tempo.against_the_year_before];
  const against = [
    period && `${rangeText(period)} times the rate of the ${length} before`,
    year && `${rangeText(year)} times the rate of the year before`,
  ].filter(Boolean);
  return (
    `${reports} in the ${length} from ${dateText(starts[tempo.period] ?? "")}${late}${part}. ` +
    `In 30 days that is ${middle} (80 % interval ${low} to ${high})${against.length ? `; ${against.join(", and ")}` : ""}.`
  );
}

/** What an event says, for the ear and the eye. */
export function eventText(shown: Shown, pair: Pair, event: Event): string {
  const stream = shown.picture.streams[event.stream];
  const claim = stream?.reporting.claim ? ", claim of a belligerent" : "";
  const reports = `${event.reports.toLocaleString("en-US")} report${event.reports === 1 ? "" : "s"}`;
  const label = event.label === event.code ? event.code : `${event.label} (${event.code})`;
  return (
    `${label}, on the rung ${shown.picture.ladder.rungs[event.rung]}, by ${actorName(shown, pair.actors[event.by] ?? "")}: ` +
    `${reports}, ${stream?.name ?? ""}${claim}`
  );
}

/** Strength of evidence that a rate changed once, after Jeffreys (1961). */
export function evidenceText(log10: number): string {
  if (log10 >= 2) return "decisive";
  if (log10 >= 1) return "strong";
  if (log10 >= 0.5) return "substantial";
  return log10 > 0 ? "hardly any" : "none";
}
