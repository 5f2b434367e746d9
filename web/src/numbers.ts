/** Numbers in the words and figures of the text report (`standoff.report.text`). */

/** A share in whole percent, but never a rounded 0 or 100 %. */
export function percent(share: number): string {
  if (share > 0 && share <= 0.005) return "<1 %";
  if (share >= 0.995 && share < 1) return ">99 %";
  return `${roundHalfEven(100 * share)} %`;
}

/** A share in percent with two figures at most. */
export function rarePercent(share: number): string {
  if (share > 0 && share <= 0.0005) return "<0.1 %";
  if (share > 0 && share < 0.0995) return `${(100 * share).toFixed(1)} %`;
  return percent(share);
}

/** A number with three figures of `scale`, the largest beside it; `≈0` for what only rounds to 0. */
export function figure(value: number, scale: number = Math.abs(value)): string {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const of = scale === 0 || !Number.isFinite(scale) ? Math.abs(value) : scale;
  if (of >= 1e6) return value.toExponential(2).replace("e+", "e");
  const digits = Math.min(Math.max(0, 2 - Math.floor(Math.log10(of))), 9);
  const shown = value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return /[1-9]/.test(shown) ? shown : "≈0";
}

/** A parameter's value, as short as it can be said. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function roundHalfEven(value: number): number {
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** The same sentence, in which no line breaks between a number and its unit, or within `n = 64`. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(\d) (?=%|points\b|bytes\b|[kMG]B\b)/g, "$1\u00a0").replace(/\bn = (?=\d)/g, "n\u00a0=\u00a0");
}

/** In what share of futures a claim holds; as `share_line` says it. */
export function shareLine(found: Share, futures: number): string {
  if (futures === 1) {
    const word = found.undetermined ? "Undetermined" : found.share ? "Holds" : "Fails";
    return `${word} in the one future that was solved.`;
  }
  const [low, high] = found.interval;
  const line =
    `Holds in ${percent(found.share)} of sampled futures (${percent(low)} to ${percent(high)}, ` +
    `n = ${futures.toLocaleString("en-US")}); fails in ${percent(found.fails)}`;
  return found.undetermined
    ? `${line}, undetermined in ${percent(found.undetermined)}.`
    : `${line}.`;
}

/** The same where futures count unequally: what they are worth in equal ones is said instead. */
export function weighedLine(found: Share, worth: number, futures: number): string {
  const [low, high] = found.interval;
  const of = `worth ${worth < 9.95 ? worth.toFixed(1) : Math.round(worth)} of ${futures.toLocaleString("en-US")}`;
  const open = found.undetermined ? `, undetermined in ${percent(found.undetermined)}` : "";
  return (
    `Holds in ${percent(found.share)} of futures so weighed (${percent(low)} to ${percent(high)}, ${of}); ` +
    `fails in ${percent(found.fails)}${open}.`
  );
}

export interface Share {
  share: number;
  interval: readonly [number, number];
  fails: number;
  undetermined: number;
}
