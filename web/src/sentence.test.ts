import { expect, test } from "vitest";
import { sentence } from "./sentence";

test("a sentence has its capital and one full stop", () => {
  expect(["any party", "Is it?", "it is.", ""].map(sentence)).toEqual(["Any party.", "Is it?", "It is.", ""]);
});
