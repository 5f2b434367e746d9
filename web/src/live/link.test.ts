import { expect, test } from "vitest";
import { START, fromFragment, toFragment, type State } from "./link";

const full: State = {
  scenario: "escalation-trap",
  choices: { "steps of it": "rung by rung" },
  settings: [
    { concept: "limit", pinned: { "grey zone & more": 0.04, clash: -1e-7 } },
    { concept: "equilibrium", pinned: { clash: 0.12 } },
  ],
  doctrines: ["free-choice", "a=b&c"],
  outcome: "nuclear use",
  ladder: "war",
  brush: { outcome: "displaced", doctrine: "free-choice", low: 1, high: 2.5 },
};

test("a link restores the whole state, whatever signs its names have", () => {
  expect(fromFragment(`#${toFragment(full)}`)).toEqual(full);
  expect(fromFragment(toFragment(START))).toEqual(START);
});

test("what a link says wrongly is left out", () => {
  const state = fromFragment("a.x=1e999&a.y=&a.z=0x10&b=guess&b.w=NaN&futures=[1]&scenario=s");
  expect(state.scenario).toBe("s");
  expect(state.settings).toEqual([
    { concept: "equilibrium", pinned: { z: 16 } },
    { concept: "equilibrium", pinned: {} },
  ]);
  expect(state.brush).toBeNull();
});

test("a link cannot reach the prototype of anything", () => {
  const state = fromFragment("a.__proto__=7&switch.__proto__=x");
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  expect(Object.getPrototypeOf(state.settings[0]!.pinned)).toBe(Object.prototype);
});

test("a link with thousands of entries is cut", () => {
  const many = Array.from({ length: 5000 }, (_, k) => `a.p${k}=1`).join("&");
  expect(Object.keys(fromFragment(many).settings[0]!.pinned).length).toBeLessThanOrEqual(400);
});
