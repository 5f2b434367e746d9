/** What the server says of a scenario and of solved futures; mirrors `standoff.app`. */

import type { Beginning, Pledge } from "../document";

export interface Offered {
  name: string;
}

export interface Parameter {
  name: string;
  value: number;
  unit: string;
  why: string;
  sources: string[];
  basis: "measured" | "elicited" | "assumed" | null;
  kind: string | null;
  /** Places of its slider, rising: of a continuous one at even shares of its prior. */
  stops: number[] | null;
}

export interface Doctrine {
  name: string;
  actor: string;
  announced: boolean;
  says: string;
}

export interface Outcome {
  name: string;
  unit: string;
  kind: string;
  better: "lower" | "higher" | null;
  says: string;
}

export interface Ladder {
  name: string;
  labels: string[];
  about: string;
}

export interface Claim {
  name: string;
  says: string;
  holds: string;
  why: string;
  sources: string[];
  /** False for claims that take too long to judge while somebody waits. */
  judged: boolean;
}

export interface Structure {
  name: string;
  says: string;
  options: string[];
}

export interface Outline {
  name: string;
  title: string;
  summary: string;
  hash: string;
  states: number;
  time: { period: string; periods: number };
  actors: string[];
  parameters: Parameter[];
  doctrines: Doctrine[];
  outcomes: Outcome[];
  ladders: Ladder[];
  claims: Claim[];
  structures: Structure[];
  choices: Record<string, string>;
  references: Record<string, string>;
  beginning: Beginning | null;
  promises: Pledge[];
  /** Futures to ask for where nothing is pinned. */
  futures: number;
  /** Whether these are solved already. */
  solved: boolean;
}

export type Concept = "equilibrium" | "limit";

/** Sixteen futures or fewer. */
export interface Block {
  kind: "block";
  first: number;
  futures: number;
  doctrines: string[];
  parameters: Record<string, number[]>;
  /** [doctrine][outcome][future] */
  outcomes: number[][][];
  /** [doctrine][actor][future] */
  values: number[][][];
  claims: Record<string, { verdict: number[]; margin: (number | null)[] }>;
  /** By ladder: [doctrine][period][rung][future] */
  course: Record<string, number[][][][]>;
  failures: Record<string, number>;
  left_out: number;
}

export interface Mistake {
  file: string;
  line: number;
  column: number;
  length: number;
  message: string;
  nearest: string | null;
}

export interface Remark {
  check: string;
  line: number;
  column: number;
  remark: string;
  reason: string;
}

export interface Checked {
  kind: "check";
  scenario: string;
  hash: string;
  states: number;
  remarks: Remark[];
  variants?: { choices: Record<string, string>; states: number }[];
}
