/**
 * The document of a study, as `standoff.report.document` writes it, and its packed arrays.
 *
 * Everything the page shows stands in it; the page computes nothing that the study does not hold.
 */

import { unzlibSync } from "fflate";
import type { Shown } from "./picture";
import type { Truth } from "./ruling";

export const FORMAT = 1;

export type Table2 = number[][];
export type Table3 = number[][][];

interface Packed {
  kind: "float32" | "share16" | "int8";
  shape: number[];
  data: string;
}

/** Numbers in rows, the last axis innermost. */
export interface Cube {
  shape: readonly number[];
  values: Float32Array | Int8Array;
}

/** What stands in the JSON (`Stored = Packed`), and what the page works with (`Stored = Cube`). */
interface Written<Stored> {
  format: number;
  /** A solution has no claims, no findings, and rows for futures. */
  kind: "study" | "solution";
  standoff: string;
  study: {
    seed?: number;
    sampling?: string;
    precision?: string;
    concept?: string;
    sampled: number;
    failed: number;
    states: number;
    /** Whether the limit of perfect rationality and equilibria elsewhere were left out. */
    equilibrium_only?: boolean;
    platform?: Record<string, string>;
  };
  crisis: Crisis;
  /** From what it starts, where a threat picture told that. */
  beginning?: Beginning | null;
  /** The scenario's treaties. */
  promises?: Pledge[];
  parameters: Parameter[];
  /** `parameters` is [parameter, future]; see `Parameter.sample`. */
  futures: { count: number; parameters: Stored | null };
  claims: ClaimOf<Stored>[];
  outcomes: OutcomeOf<Stored>[];
  course: CourseOf<Stored>;
  traps: TrapOf<Stored>[];
  beliefs: Beliefs | null;
  /** Who flees where; a study has it where its scenario has a section `displacement`. */
  displacement?: DisplacementOf<Stored> | null;
  sensitivity: Sensitivity | null;
  robustness: Robustness | null;
  structure: Structure | null;
  grid: { claim: string; lines: string[] }[];
  /** By part of the findings, why there is nothing. */
  nothing: Record<string, string>;
  trust?: Trust;
  references: Reference[];
  methods: Reference[];
  /** What a reader must know of: verdicts, comparison, traps, shares, discovery, flips, … */
  notes: Record<string, string>;
}

export interface Crisis {
  name: string;
  title: string;
  summary: string;
  hash: string;
  time: { period: string; periods: number; start: string | null };
  order: { names: string[]; chance: boolean; at_once: boolean }[];
  actors: Actor[];
  variables: Variable[];
  doctrines: Doctrine[];
  switches: { name: string; says: string; options: string[]; chosen: string }[];
}

export interface Beginning {
  /** SHA-256 of the picture. */
  picture: string;
  pair: string;
  date: string | null;
  how: string;
  /** The picture itself, of the pair alone, where the study keeps it. */
  shown: Shown | null;
  starts: { variable: string; labels: string[]; shares: number[] }[];
}

/** A treaty in the game; the first of its versions is as it stands. */
export interface Pledge {
  name: string;
  title: string;
  clause: string;
  as_of: string;
  actor: string;
  trigger: string;
  owes: string;
  versions: {
    /** Doctrines that bring it; none: as it stands. */
    doctrines: string[];
    change: string;
    /** Of those who decide that must agree. */
    share: number;
    ruled: { incident: string; when: string; weight: string | null; truth: Truth; why: string }[];
  }[];
}

export interface Actor {
  name: string;
  about: string;
  types: string[];
  actions: { name: string; about: string; waits: boolean }[];
}

export interface Variable {
  name: string;
  kind: "ladder" | "levels" | "flag";
  labels: string[];
  start: number;
  about: string;
}

export interface Doctrine {
  name: string;
  actor: string | null;
  announced: boolean;
  says: string;
  rules: string[];
}

export interface Parameter {
  name: string;
  value: number;
  unit: string;
  why: string;
  sources: string[];
  basis: "measured" | "elicited" | "assumed" | null;
  prior: Prior | null;
  /** Its row in `futures.parameters`; null where it is fixed. */
  sample: number | null;
}

export interface Prior {
  kind: "uniform" | "log-uniform" | "triangular" | "beta" | "normal" | "discrete";
  low: number;
  high: number;
  arguments: Record<string, number | number[]>;
  /** Places of a slider, rising: of a continuous parameter at even shares of its prior. */
  stops: number[];
  text: string;
}

interface ClaimOf<Stored> {
  name: string;
  says: string;
  holds: string;
  why: string;
  sources: string[];
  /** Doctrines it needs and the study left out; then there is no verdict. */
  missing: string[];
  verdict: Verdict | null;
  /** [future]: 1 holds, -1 fails, 0 undetermined. */
  futures?: Stored;
  /** [future]: by how much it holds or fails, in its own units. */
  margins?: Stored;
}

export interface Verdict {
  share: number;
  interval: [number, number];
  fails: number;
  undetermined: number;
  /** With perfect rationality; null where that was not solved. */
  limit: number | null;
  tone: "holds" | "fails" | "undetermined";
  line: string;
  hangs: string;
  roots: string | null;
  /** null: not asked; `standoff explore` does. */
  where: string[] | null;
  flip: { first: string[]; more: string[] } | null;
  /** Parameter, end, share, effective futures; sorted by share. */
  leanings: [string, "low" | "high", number, number][];
}

interface OutcomeOf<Stored> {
  name: string;
  unit: string;
  /** Whether it is a share of 1, told in percent. */
  share: boolean;
  better: "lower" | "higher" | null;
  /** Whose value it is; null for an outcome. */
  actor: string | null;
  kind: string;
  says: string;
  rows: OutcomeRow[];
  /** [doctrine, future] */
  values: Stored;
  /** The same with perfect rationality; null where that was not solved. */
  limits: Stored | null;
}

export interface OutcomeRow {
  doctrine: string;
  median: number;
  low: number;
  high: number;
  regret: number | null;
  most_regret: number | null;
  limit: number | null;
  noise: number | null;
}

interface CourseOf<Stored> {
  /** [doctrine][period] */
  going_on: Table2;
  ladders: LadderOf<Stored>[];
  /** `mean` is [doctrine][period][action]. */
  choices: { actor: string; mean: Table3 }[];
  paths: Path[];
}

interface LadderOf<Stored> {
  variable: string;
  /** [doctrine][period][label] */
  mean: Table3;
  /** [doctrine, future, period, label]; of the first ladder only. */
  futures?: Stored;
}

/** Value from a period on, given that the crisis goes on; [doctrine][period]. */
export interface Path {
  actor: string;
  low: (number | null)[][];
  median: (number | null)[][];
  high: (number | null)[][];
}

interface TrapOf<Stored> {
  actor: string;
  line: string;
  /** [future], points of payoff. */
  depth: Stored;
  trapped: Stored;
  escalation: Stored;
  best: { doctrine: string; futures: number }[];
}

export interface Beliefs {
  paths: {
    actor: string;
    type: string;
    doctrine: string;
    mean: number[];
    low: number[];
    high: number[];
    martingale: boolean;
  }[];
  notes: string[];
}

/** Doctrines are in the order of `crisis.doctrines`. */
interface DisplacementOf<Stored> {
  instance: string;
  /** The outcome of the scenario that says how many are uprooted. */
  counted: string;
  rule: string;
  /** Futures that were followed. */
  futures: number;
  /** Days from one of the dates to the next. */
  every: number;
  settings: { name: string; says: string; sources: string[] }[];
  /** [doctrine]: what it does of the instance's doctrines. */
  measures: (string | null)[];
  dates: string[];
  /** Where people are counted: a whole country has no place, a part of all no country. */
  spots: { country: string; place: string }[];
  /** People, [level, doctrine, date, spot]; the levels are 5 %, median and 95 %. */
  bands: Stored;
  /** [date][spot] */
  recorded: (number | null)[][];
  places: Place[];
  /** Medians, [doctrine, date, place]. */
  people: Stored;
  /** Their ends are places, by number. */
  roads: { from: number; to: number; km: number }[];
  /** People who take a road in all, [doctrine, road, there or back]. */
  flows: Stored;
  /** [doctrine][road], on the last day. */
  open: boolean[][];
  /** The frame of the map: west, south, east, north, in degrees. */
  box: [number, number, number, number];
  /** Countries; a ring is longitude, latitude, longitude, … */
  outlines: { name: string; rings: number[][] }[];
}

export interface Place {
  name: string;
  country: string;
  foreign: boolean;
  longitude: number;
  latitude: number;
}

export interface Sensitivity {
  claims: {
    claim: string;
    chance: number | null;
    parameters: { name: string; first: number; low: number; high: number }[];
  }[];
  notes: string[];
}

export interface Robustness {
  standings: {
    objective: string;
    line: string;
    metrics: number;
    doctrines: {
      doctrine: string;
      first: number;
      best: number;
      enough: number;
      regret: number;
      most_regret: number;
    }[];
  }[];
  front: { doctrine: string; share: number }[] | null;
}

export interface Structure {
  switches: string[];
  claims: { claim: string; changes: (number | null)[]; any: number | null }[];
  note: string;
}

export interface Trust {
  line: string;
  kappa: number | null;
  points: number | null;
  rationality: { actor: string; rationality: string }[];
  certificates: {
    doctrine: string;
    passed: boolean;
    checks: {
      name: string;
      claim: string;
      error: number;
      tolerance: number;
      passed: boolean;
    }[];
  }[];
}

export interface Reference {
  key: string;
  author: string;
  year: string;
  title: string;
  container: string;
  url: string;
  note: string;
  bibtex: string;
}

export type Document = Written<Cube>;
export type Claim = ClaimOf<Cube>;
export type Outcome = OutcomeOf<Cube>;
export type Ladder = LadderOf<Cube>;
export type Trap = TrapOf<Cube>;
export type Displacement = DisplacementOf<Cube>;

/** Reads a document from its JSON text, or from what that text holds. */
export function readDocument(given: string | object): Document {
  const written = (typeof given === "string" ? JSON.parse(given) : given) as Written<Packed>;
  if (written.format !== FORMAT)
    throw new Error(`this document has format ${written.format}; this page reads ${FORMAT}`);
  return unpackAll(written) as Document;
}

/** Reads who flees where, which a server of a study tells by itself. */
export function readDisplacement(given: object): Displacement {
  return unpackAll(given) as Displacement;
}

function unpackAll(value: unknown): unknown {
  if (Array.isArray(value))
    return value.some((part) => typeof part === "object" && part !== null)
      ? value.map(unpackAll)
      : value;
  if (typeof value !== "object" || value === null) return value;
  if (isPacked(value)) return new Unpacked(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpackAll(part)]));
}

function isPacked(value: object): value is Packed {
  return "kind" in value && "shape" in value && "data" in value;
}

/** A packed array that is unpacked when it is first looked at: what is not shown costs nothing. */
class Unpacked implements Cube {
  readonly shape: readonly number[];
  #packed: Packed;
  #values: Float32Array | Int8Array | null = null;

  constructor(packed: Packed) {
    this.#packed = packed;
    this.shape = packed.shape;
  }

  get values(): Float32Array | Int8Array {
    return (this.#values ??= unpack(this.#packed));
  }
}

/** The numbers of a packed array; see `standoff.report.document.packed`. */
export function unpack(packed: Packed): Float32Array | Int8Array {
  const text = atob(packed.data);
  const deflated = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) deflated[i] = text.charCodeAt(i);
  const planes = unzlibSync(deflated);
  const size = { float32: 4, share16: 2, int8: 1 }[packed.kind];
  const count = planes.length / size;
  const bytes = new Uint8Array(planes.length);
  for (let plane = 0; plane < size; plane++)
    for (let i = 0; i < count; i++) bytes[i * size + plane] = planes[plane * count + i] ?? 0;
  const view = new DataView(bytes.buffer);
  if (packed.kind === "int8") return new Int8Array(bytes.buffer);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++)
    values[i] =
      packed.kind === "float32" ? view.getFloat32(4 * i, true) : view.getUint16(2 * i, true) / 65535;
  return values;
}

/** A row of a table [row, column]. */
export function row(cube: Cube, k: number): Float32Array | Int8Array {
  const width = cube.shape[1] ?? 0;
  return cube.values.subarray(k * width, (k + 1) * width);
}
