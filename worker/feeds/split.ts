/**
 * Delimited text → records, a piece at a time. papaparse splits; this file says what is left over for the next piece, and
 * sees to it that a quote that never closes costs one line and not the rest of the file.
 */
import Papa from "papaparse";

export interface Delimiters {
  delimiter: string;
  /** Empty: quotes are ordinary characters. */
  quote: string;
}

export interface CsvRecord {
  cells: string[];
  /** Set when the line is broken; `cells` then holds what could be read of it. */
  problem?: string;
}

/** No row of a catalog or a log is longer; a longer one has a quote that never closes. */
const ROW_LIMIT_CHARACTERS = 1024 * 1024;
const NO_QUOTE = "\u0000";

/** Line ends are LF. `rest` belongs before the next piece; empty when this is the last one. Empty lines are left out. */
export function splitText(input: string, by: Delimiters, isLast: boolean): { records: CsvRecord[]; rest: string } {
  const records: CsvRecord[] = [];
  let rest = input;
  for (;;) {
    const { read, isBroken } = splitUntilBroken(rest, by, isLast, records);
    rest = rest.slice(read);
    if (rest === "" || !(isBroken || rest.length > ROW_LIMIT_CHARACTERS)) return { records, rest };
    const lineEnd = rest.indexOf("\n");
    const line = lineEnd < 0 ? rest : rest.slice(0, lineEnd);
    records.push({ cells: [line.slice(0, 1000)], problem: "a quote stands inside a field or never closes" });
    rest = lineEnd < 0 ? "" : rest.slice(lineEnd + 1);
  }
}

/** Appends the rows that end within `text`, up to the first one whose quotes make no sense; `read` is how far that is. */
function splitUntilBroken(
  text: string,
  by: Delimiters,
  isLast: boolean,
  records: CsvRecord[],
): { read: number; isBroken: boolean } {
  let read = 0;
  let isBroken = false;
  const parser = new Papa.Parser({
    delimiter: by.delimiter,
    newline: "\n",
    quoteChar: by.quote || NO_QUOTE,
    step: ({ data, errors, meta }: Papa.ParseStepResult<string[][]>) => {
      if (errors.length > 0) {
        isBroken = true;
        parser.abort();
        return;
      }
      read = meta.cursor;
      const cells = data[0] ?? [];
      if (cells.length > 1 || cells[0] !== "") records.push({ cells });
    },
  });
  parser.parse(text, 0, !isLast);
  return { read, isBroken };
}

/** The delimiter that the first lines suggest: comma, tab, semicolon or bar. */
export function guessDelimiter(head: string): string {
  const { meta } = Papa.parse(head, { preview: 10, skipEmptyLines: true, delimitersToGuess: [",", "\t", ";", "|"] });
  return meta.delimiter || ",";
}
