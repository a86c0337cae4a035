/**
 * A small net for tables of mixed columns: numbers as shares of their quantile bins (piecewise linear encoding,
 * Gorishniy et al. 2022), words as one of their frequent values. What the columns need is measured on the training rows.
 */
export type Cell = number | string;

type ColumnEncoding =
  | { kind: "number"; mean: number; deviation: number; edges: number[] }
  | { kind: "word"; values: string[] };

export interface TableEncoding {
  columns: ColumnEncoding[];
  /** Length of an encoded row. */
  width: number;
}

const BINS = 10;
const RARE = 10;

const logOf = (value: number) => Math.sign(value) * Math.log1p(Math.abs(value));

/** What each column needs, from its values in the training rows. */
export function fitEncoding(rows: readonly (readonly Cell[])[]): TableEncoding {
  const columns = (rows[0] ?? []).map((first, index): ColumnEncoding => {
    const values = rows.map((row) => row[index] ?? 0);
    return typeof first === "number" ? fitNumber(values.map(Number)) : fitWord(values.map(String));
  });
  return { columns, width: columns.reduce((sum, column) => sum + widthOf(column), 0) };
}

const widthOf = (column: ColumnEncoding) =>
  column.kind === "word" ? column.values.length : 2 + Math.max(0, column.edges.length - 1);

function fitNumber(values: number[]): ColumnEncoding {
  const logs = values.map(logOf);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length) || 1;
  // Many columns are mostly zero: the bins divide what is not, zero has an input of its own.
  const sorted = values.filter((value) => value !== 0).sort((one, other) => one - other);
  const edges = new Set<number>();
  for (let bin = 0; bin <= BINS; bin++) {
    const edge = sorted[Math.round((bin / BINS) * (sorted.length - 1))];
    if (edge !== undefined) edges.add(edge);
  }
  return { kind: "number", mean, deviation, edges: [...edges] };
}

function fitWord(values: string[]): ColumnEncoding {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { kind: "word", values: [...counts].filter(([, count]) => count >= RARE).map(([value]) => value) };
}

/** A row as `width` floats, about −3 to 3, written to `into` from `at`. */
export function encodeRow(encoding: TableEncoding, row: readonly Cell[], into: Float32Array, at = 0): void {
  let place = at;
  encoding.columns.forEach((column, index) => {
    const cell = row[index] ?? 0;
    if (column.kind === "word") {
      for (const value of column.values) into[place++] = value === String(cell) ? 1 : 0;
      return;
    }
    const value = Number(cell);
    into[place++] = (logOf(value) - column.mean) / column.deviation;
    into[place++] = value === 0 ? 1 : 0;
    for (let bin = 0; bin + 1 < column.edges.length; bin++) {
      const low = column.edges[bin] as number;
      const high = column.edges[bin + 1] as number;
      into[place++] = value === 0 ? 0 : Math.max(0, Math.min(1, (value - low) / (high - low)));
    }
  });
}
