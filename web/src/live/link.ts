/** The state of the page as the fragment of its address, and back. */

import type { Concept } from "./outline";

export interface Setting {
  concept: Concept;
  pinned: Record<string, number>;
}

/** Futures that are marked in every chart: those in which an outcome lies in an interval. */
export interface Brush {
  outcome: string;
  doctrine: string;
  low: number;
  high: number;
}

export interface State {
  scenario: string | null;
  choices: Record<string, string>;
  settings: Setting[];
  /** Doctrines that are shown; null for all. */
  doctrines: string[] | null;
  outcome: string | null;
  ladder: string | null;
  brush: Brush | null;
}

export const START: State = {
  scenario: null,
  choices: {},
  settings: [{ concept: "equilibrium", pinned: {} }],
  doctrines: null,
  outcome: null,
  ladder: null,
  brush: null,
};

const SIDES = ["a", "b"] as const;
const MOST = 400;

export function toFragment(state: State): string {
  const said = new URLSearchParams();
  if (state.scenario) said.set("scenario", state.scenario);
  for (const [name, option] of Object.entries(state.choices)) said.set(`switch.${name}`, option);
  state.settings.forEach((setting, k) => {
    const side = SIDES[k];
    if (!side) return;
    if (k > 0 || setting.concept !== "equilibrium") said.set(`${side}`, setting.concept);
    for (const [name, value] of Object.entries(setting.pinned)) said.set(`${side}.${name}`, `${value}`);
  });
  for (const name of state.doctrines ?? []) said.append("doctrine", name);
  if (state.outcome) said.set("outcome", state.outcome);
  if (state.ladder) said.set("ladder", state.ladder);
  if (state.brush) {
    const { outcome, doctrine, low, high } = state.brush;
    said.set("futures", JSON.stringify([outcome, doctrine, low, high]));
  }
  return said.toString();
}

/** What a fragment says; what it says wrongly is left out. */
export function fromFragment(fragment: string): State {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const settings: Setting[] = [{ concept: "equilibrium", pinned: {} }];
  if (said.has("b")) settings.push({ concept: "equilibrium", pinned: {} });
  const choices: Record<string, string> = {};
  let count = 0;
  for (const [key, value] of said) {
    if (++count > MOST) break;
    if (key.startsWith("switch.")) choices[key.slice(7)] = value;
    SIDES.forEach((side, k) => {
      const setting = settings[k];
      if (!setting) return;
      if (key === side && (value === "limit" || value === "equilibrium")) setting.concept = value;
      const number = value.trim() === "" ? NaN : Number(value);
      if (key.startsWith(`${side}.`) && Number.isFinite(number)) setting.pinned[key.slice(2)] = number;
    });
  }
  const doctrines = said.getAll("doctrine");
  return {
    scenario: said.get("scenario"),
    choices,
    settings,
    doctrines: doctrines.length ? doctrines : null,
    outcome: said.get("outcome"),
    ladder: said.get("ladder"),
    brush: brushOf(said.get("futures")),
  };
}

function brushOf(text: string | null): Brush | null {
  try {
    const [outcome, doctrine, low, high] = JSON.parse(text ?? "null") as unknown[];
    if (typeof outcome !== "string" || typeof doctrine !== "string") return null;
    if (typeof low !== "number" || typeof high !== "number") return null;
    return { outcome, doctrine, low, high };
  } catch {
    return null;
  }
}
