/** Delimited text → records, chunk by chunk, so that a file may be larger than memory; and records → lines. */
import Papa from "papaparse";
import { type CsvRecord, type Delimiters, splitText } from "../feeds/split.ts";

/** Splits decoded text into records. Line ends may be LF, CRLF or CR. Empty lines are left out. */
export async function* splitCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  by: Delimiters,
): AsyncGenerator<CsvRecord[]> {
  let carry = "";
  for await (const chunk of chunks) {
    const text = carry + chunk;
    // A CR at the end may be half of a CRLF.
    const end = text.endsWith("\r") ? text.length - 1 : text.length;
    const { records, rest } = splitText(text.slice(0, end).replace(/\r\n?/g, "\n"), by, false);
    carry = rest + text.slice(end);
    if (records.length > 0) yield records;
  }
  const { records } = splitText(carry.replace(/\r\n?/g, "\n"), by, true);
  if (records.length > 0) yield records;
}

/** One line for a CSV file, with its line end. */
export function csvLine(cells: unknown[]): string {
  return `${Papa.unparse([cells], { newline: "\n" })}\n`;
}
