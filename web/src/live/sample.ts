import type { Block } from "./outline";

/** Solved futures, as many as have come so far; frozen, so that each change is a new one. */
export interface Sample {
  readonly futures: number;
  /** Futures asked for so far, those that failed or were left out included. */
  readonly asked: number;
  readonly parameters: Readonly<Record<string, Float64Array>>;
  /** [doctrine][outcome], each [future] */
  readonly outcomes: readonly (readonly Float64Array[])[];
  readonly claims: Readonly<Record<string, Int8Array>>;
  /** By ladder: [doctrine][period][rung], each [future] */
  readonly course: Readonly<Record<string, readonly (readonly (readonly Float32Array[])[])[]>>;
  readonly failures: Readonly<Record<string, number>>;
  readonly leftOut: number;
}

export const EMPTY: Sample = {
  futures: 0,
  asked: 0,
  parameters: {},
  outcomes: [],
  claims: {},
  course: {},
  failures: {},
  leftOut: 0,
};

/** The sample with a block more. */
export function extended(sample: Sample, block: Block, asked: number): Sample {
  const failures = { ...sample.failures };
  for (const [reason, count] of Object.entries(block.failures)) {
    failures[reason] = (failures[reason] ?? 0) + count;
  }
  const told = { asked, failures, leftOut: sample.leftOut + block.left_out };
  if (block.futures === 0) return { ...sample, ...told };
  return {
    ...told,
    futures: sample.futures + block.futures,
    parameters: byName(block.parameters, (values, name) =>
      joined(Float64Array, sample.parameters[name], values),
    ),
    outcomes: block.outcomes.map((of, d) =>
      of.map((values, o) => joined(Float64Array, sample.outcomes[d]?.[o], values)),
    ),
    claims: byName(block.claims, (claim, name) =>
      joined(Int8Array, sample.claims[name], claim.verdict),
    ),
    course: byName(block.course, (doctrines, name) =>
      doctrines.map((periods, d) =>
        periods.map((rungs, t) =>
          rungs.map((values, r) => joined(Float32Array, sample.course[name]?.[d]?.[t]?.[r], values)),
        ),
      ),
    ),
  };
}

function byName<A, B>(from: Record<string, A>, make: (value: A, name: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(from).map(([name, value]) => [name, make(value, name)]));
}

interface Numbers {
  readonly length: number;
  set(from: ArrayLike<number>, at?: number): void;
}

function joined<A extends Numbers>(
  kind: new (length: number) => A,
  before: A | undefined,
  more: ArrayLike<number>,
): A {
  const have = before?.length ?? 0;
  const whole = new kind(have + more.length);
  if (before) whole.set(before as unknown as ArrayLike<number>);
  whole.set(more, have);
  return whole;
}
