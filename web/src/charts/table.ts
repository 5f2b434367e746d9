/** A table behind a chart; cells that are numbers are set flush right. */
export interface Table {
  columns: string[];
  rows: (string | number | null)[][];
  /** Columns from this one on are numbers; by default all but the first. */
  numbers?: number;
}
