/** Who flees where: numbers of a document's displacement, and the table that a planner takes away. */

import type { Cube, Displacement } from "./document";

/** Everybody who was uprooted is in one of these, besides countries and places. */
export const ABROAD = "abroad";

/** An element of an array of any dimensions. */
export function at(cube: Cube, ...where: number[]): number {
  let place = 0;
  for (let axis = 0; axis < where.length; axis++) place = place * (cube.shape[axis] ?? 0) + (where[axis] ?? 0);
  return cube.values[place] ?? 0;
}

export interface Moment {
  date: Date;
  low: number;
  median: number;
  high: number;
}

/** The band of a spot under a doctrine, date by date. */
export function bandOf(found: Displacement, doctrine: number, spot: number): Moment[] {
  return found.dates.map((date, day) => ({
    date: new Date(date),
    low: at(found.bands, 0, doctrine, day, spot),
    median: at(found.bands, 1, doctrine, day, spot),
    high: at(found.bands, 2, doctrine, day, spot),
  }));
}

/** What was recorded at a spot, where it was. */
export function recordedAt(found: Displacement, spot: number): { date: Date; people: number }[] {
  return found.dates.flatMap((date, day) => {
    const people = found.recorded[day]?.[spot] ?? null;
    return people === null ? [] : [{ date: new Date(date), people }];
  });
}

/** The spots that are shown as charts: parts of all and countries, where anybody ever is. */
export function charted(found: Displacement): number[] {
  const doctrines = found.bands.shape[1] ?? 0;
  return found.spots.flatMap(({ country, place }, k) => {
    if (country && place) return [];
    for (let d = 0; d < doctrines; d++) if (bandOf(found, d, k).some((moment) => moment.high >= 1)) return [k];
    return [];
  });
}

/** The name of a spot. */
export const spotName = (found: Displacement, spot: number): string =>
  found.spots[spot]?.place || found.spots[spot]?.country || "";

/** A name as a map has it: files write blanks as underscores. */
export const spoken = (name: string): string => name.replaceAll("_", " ");

/**
 * The table that a planner takes away: a line for each date, spot and doctrine, with the columns of
 * `standoff displace --out`.
 */
export function csvOf(found: Displacement, doctrines: readonly string[]): string {
  const lines = ["date,country,place,doctrine,p05,median,p95,recorded"];
  found.dates.forEach((date, day) => {
    found.spots.forEach(({ country, place }, spot) => {
      const known = found.recorded[day]?.[spot] ?? "";
      doctrines.forEach((doctrine, d) => {
        const levels = [0, 1, 2].map((level) => at(found.bands, level, d, day, spot).toFixed(0));
        lines.push([date, country, place, doctrine, ...levels, known].map(cell).join(","));
      });
    });
  });
  return `${lines.join("\n")}\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** People with three figures, as a text has them: more would say more than is known. */
export function peopleText(people: number): string {
  return Number(people.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 0 });
}
