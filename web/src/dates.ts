/** Dates as people write them. */

/** A date in words, in which no line breaks between day and month. */
export function dateText(date: string): string {
  return new Date(date)
    .toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })
    .replace(" ", "\u00a0");
}
