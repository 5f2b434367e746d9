/** Sentences that say what is shown at this moment. */

import { percent, type Share } from "../numbers";
import type { View } from "./live.svelte";

export const futures = (n: number): string => `${n} future${n === 1 ? "" : "s"}`;

/** As `shareLine`, of futures that are reweighted. */
export function reweightedLine(found: Share, view: View): string {
  const [low, high] = found.interval;
  const open = found.undetermined > 1e-9 ? `, undetermined in ${percent(found.undetermined)}` : "";
  return (
    `Holds in ${percent(found.share)} of reweighted futures (${percent(low)} to ${percent(high)}, ` +
    `worth ${worthOf(view)}); fails in ${percent(found.fails)}${open}.`
  );
}

export const worthOf = (view: View): string =>
  view.worth < 10 ? view.worth.toPrecision(2) : view.worth.toFixed(0);

/** So many periods, in the words of the report. */
export const clock = (periods: number, period: string): string =>
  periods === 1 ? `one period (${period})` : `${periods} periods (each a ${period})`;

/** What a setting shows, and what is being done about it. */
export function statusOf(view: View, progress: { done: number; running: boolean }): string {
  const { done, running } = progress;
  const failed = Object.values(view.sample.failures).reduce((sum, count) => sum + count, 0);
  const troubles = [
    failed ? `${futures(failed)} could not be solved` : "",
    view.sample.leftOut ? `${futures(view.sample.leftOut)} would break a constraint` : "",
  ].filter(Boolean);
  const but = troubles.length ? `; ${troubles.join(", ")}` : "";
  if (view.kind === "nothing") {
    if (view.sample.futures) {
      return `None of ${view.sample.futures} solved futures is like this; ${next(done, view, running)}`;
    }
    return troubles.length && !running
      ? `Nothing can be shown: ${troubles.join(", ")}.`
      : "Solving the first futures …";
  }
  if (view.kind === "reweighted") {
    return (
      `Shown: ${futures(view.sample.futures)} solved elsewhere, reweighted to what you chose and ` +
      `worth ${worthOf(view)}${but}; ${next(done, view, running)}`
    );
  }
  const solved = done < view.wanted ? `${view.sample.futures} of ${futures(view.wanted)}` : futures(view.sample.futures);
  return `Shown: solved exactly in ${solved}${but}${running && done < view.wanted ? ", more to come …" : "."}`;
}

function next(done: number, view: View, running: boolean): string {
  if (running) return `solving it afresh, ${done} of ${view.wanted} …`;
  return done ? `${done} of ${view.wanted} solved afresh.` : "it is solved afresh when you rest.";
}
