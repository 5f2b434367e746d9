/** What the page asks of its server. */

import { readDisplacement, type Displacement } from "../document";
import type { Block, Checked, Concept, Mistake, Offered, Outline } from "./outline";

/** A scenario that is offered, or one from the editor. */
export type Source = { scenario: string } | { text: string };

export class Refusal extends Error {
  constructor(
    message: string,
    readonly mistakes: Mistake[] = [],
  ) {
    super(message);
  }
}

/** Thrown where the server does not answer at all. */
export class Silence extends Error {}

const page = crypto.randomUUID?.() ?? `${Math.random()}`.slice(2);

async function ask(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { headers: { "x-standoff-client": page } };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.method = "POST";
    init.headers = { ...init.headers, "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  try {
    return await fetch(path, init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Silence("the server does not answer");
  }
}

async function answer<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, body, signal);
  let found: unknown;
  try {
    found = await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Silence("the server stopped in the middle of its answer");
  }
  if (!response.ok) throw refusalOf(found);
  return found as T;
}

function refusalOf(found: unknown): Refusal {
  const told = found as { error?: string; mistakes?: Mistake[] };
  const mistakes = told.mistakes ?? [];
  const first = mistakes[0];
  const where = first && first.line > 0 ? `${first.file}:${first.line}:${first.column}: ` : "";
  return new Refusal(told.error ?? (first ? where + first.message : "the server refused"), mistakes);
}

export const offers = (): Promise<Offered[]> => answer("/api/scenarios");

export const textOf = (name: string): Promise<{ name: string; file: string; text: string }> =>
  answer(`/api/scenario?scenario=${encodeURIComponent(name)}`);

export const outlineOf = (
  source: Source,
  choices: Record<string, string>,
  signal?: AbortSignal,
): Promise<Outline> => answer("/api/document", { ...source, choices }, signal);

/** Who flees where in the study that is served of a scenario; null where nobody does. */
export async function flightOf(name: string): Promise<Displacement | null> {
  const path = `/api/flight?scenario=${encodeURIComponent(name)}`;
  const { displacement } = await answer<{ displacement: object | null }>(path);
  return displacement && readDisplacement(displacement);
}

export const check = (text: string, signal?: AbortSignal): Promise<Checked> =>
  answer("/api/check", { text }, signal);

export interface Wanted {
  source: Source;
  choices: Record<string, string>;
  pinned: Record<string, number>;
  concept: Concept;
  doctrines: string[];
  first: number;
  futures: number;
}

/** Blocks of futures as they are solved. */
export async function* solve(wanted: Wanted, signal: AbortSignal): AsyncGenerator<Block> {
  const { source, ...rest } = wanted;
  const response = await ask("/api/solve", { ...source, ...rest }, signal);
  if (!response.ok || !response.body) throw refusalOf(await response.json());
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  let ended = false;
  while (!ended) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      if (signal.aborted) throw error;
      throw new Silence("the server stopped in the middle of its answer");
    });
    if (done) throw new Silence("the server stopped in the middle of its answer");
    held += value;
    let end: number;
    while ((end = held.indexOf("\n")) >= 0) {
      const line = JSON.parse(held.slice(0, end)) as { kind: string };
      held = held.slice(end + 1);
      if (line.kind === "block") yield line as Block;
      else if (line.kind === "end") ended = true;
      else throw refusalOf(line);
    }
  }
}
