/**
 * A file → rows with a number, whatever its format: CSV, TSV and the like, one JSON object a line, or one JSON array.
 * Streams, so that the file may be larger than memory (a `.json` array excepted).
 */
import { closeSync, createReadStream, openSync, readFileSync, readSync } from "node:fs";
import { type CsvRecord, guessDelimiter } from "../feeds/split.ts";
import { splitCsv } from "./csv.ts";

export const FORMATS = ["csv", "tsv", "json", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export interface Source {
  path: string;
  format: Format;
  /** A label of the Encoding Standard: "utf-8", "euc-kr", "latin1", … */
  encoding: string;
  /** Unset: guessed for CSV, a tab for TSV. */
  delimiter?: string;
  quote: string;
  /** Names of the columns when the file has no header. */
  columns?: string[];
}

export interface Row {
  /** As a spreadsheet counts: the header is row 1 when there is one. */
  number: number;
  /** By column; a nested field of a JSON object is read by its dotted path. */
  values: Record<string, unknown>;
  /** What is wrong with the row as such. */
  problem?: string;
}

export interface RowFile {
  /** Empty for JSON. */
  columns: string[];
  /** Slices of rows in file order; `bytes` says how much of the file has been read so far. */
  slices: AsyncGenerator<{ rows: Row[]; bytes: number }>;
}

const LINE_LIMIT_CHARACTERS = 16 * 1024 * 1024;

/** What Korean tools call EUC-KR with Microsoft's extension; the Encoding Standard's euc-kr is that one. */
const ENCODING_NAMES: Record<string, string> = { cp949: "euc-kr", ms949: "euc-kr", uhc: "euc-kr" };

export function decoderFor(encoding: string): TextDecoder {
  const label = encoding.toLowerCase();
  try {
    return new TextDecoder(ENCODING_NAMES[label] ?? label);
  } catch {
    throw new Error(`--encoding: "${encoding}" is not known; utf-8, euc-kr and latin1 are`);
  }
}

/** Throws when the file cannot be read or has no rows to take column names from. */
export async function openRows(source: Source): Promise<RowFile> {
  decoderFor(source.encoding);
  if (source.format === "json") return { columns: [], slices: readJsonArray(source) };
  const progress = { bytes: 0 };
  const text = decode(source, progress);
  if (source.format === "ndjson") return { columns: [], slices: readJsonLines(text, progress) };
  const delimiter = source.delimiter ?? (source.format === "tsv" ? "\t" : guessDelimiter(readHead(source)));
  return splitTable(splitCsv(text, { delimiter, quote: source.quote }), source.columns, progress);
}

async function* decode(source: Source, progress: { bytes: number }): AsyncGenerator<string> {
  const decoder = decoderFor(source.encoding);
  for await (const chunk of createReadStream(source.path)) {
    progress.bytes += chunk.length;
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}

function readHead(source: Source): string {
  const bytes = Buffer.alloc(64 * 1024);
  const file = openSync(source.path, "r");
  const read = readSync(file, bytes);
  closeSync(file);
  return decoderFor(source.encoding).decode(bytes.subarray(0, read));
}

async function splitTable(
  records: AsyncGenerator<CsvRecord[]>,
  given: string[] | undefined,
  progress: { bytes: number },
): Promise<RowFile> {
  const first: CsvRecord[] = given ? [] : ((await records.next()).value ?? []);
  const columns = given ?? (first[0]?.cells ?? []).map((name) => name.trim());
  if (columns.length === 0) throw new Error("the file has no rows");
  if (first[0]?.problem) throw new Error(`the header cannot be read: ${first[0].problem}`);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two columns are named "${twice}": name them all with --columns`);
  return { columns, slices: readTable(first.slice(1), records, columns, given ? 1 : 2, progress) };
}

async function* readTable(
  first: CsvRecord[],
  records: AsyncGenerator<CsvRecord[]>,
  columns: string[],
  startNumber: number,
  progress: { bytes: number },
): AsyncGenerator<{ rows: Row[]; bytes: number }> {
  let number = startNumber;
  const toRow = (record: CsvRecord): Row => tableRow(record, columns, number++);
  if (first.length > 0) yield { rows: first.map(toRow), bytes: progress.bytes };
  for await (const slice of records) yield { rows: slice.map(toRow), bytes: progress.bytes };
}

function tableRow({ cells, problem }: CsvRecord, columns: string[], number: number): Row {
  const values: Record<string, unknown> = {};
  for (const [index, name] of columns.entries()) values[name] = cells[index] ?? "";
  const found = cells.length;
  if (problem !== undefined) return { number, values: { [columns[0] ?? "row"]: cells[0] }, problem };
  if (found !== columns.length) return { number, values, problem: `${found} fields instead of ${columns.length}` };
  return withTextCheck({ number, values }, cells);
}

function withTextCheck(row: Row, texts: string[]): Row {
  if (!texts.some((text) => text.includes("\uFFFD"))) return row;
  return { ...row, problem: "letters that the encoding does not have: is --encoding right?" };
}

async function* readJsonLines(
  text: AsyncIterable<string>,
  progress: { bytes: number },
): AsyncGenerator<{ rows: Row[]; bytes: number }> {
  let number = 0;
  let carry = "";
  const take = (lines: string[]): Row[] =>
    lines.flatMap((line) => {
      number++;
      return line.trim() === "" ? [] : [jsonRow(line, number)];
    });
  for await (const chunk of text) {
    const lines = (carry + chunk).split("\n");
    carry = lines.pop() ?? "";
    if (carry.length > LINE_LIMIT_CHARACTERS) throw new Error("the file has no line ends: is it --format json?");
    const rows = take(lines);
    if (rows.length > 0) yield { rows, bytes: progress.bytes };
  }
  const rows = take([carry]);
  if (rows.length > 0) yield { rows, bytes: progress.bytes };
}

function jsonRow(line: string, number: number): Row {
  try {
    return withTextCheck(objectRow(JSON.parse(line), number), [line]);
  } catch {
    return { number, values: { line: line.slice(0, 1000) }, problem: "not valid JSON" };
  }
}

function objectRow(value: unknown, number: number): Row {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return { number, values: value as Record<string, unknown> };
  }
  return { number, values: {}, problem: "not a JSON object" };
}

async function* readJsonArray(source: Source): AsyncGenerator<{ rows: Row[]; bytes: number }> {
  const bytes = readFileSync(source.path);
  let value: unknown;
  try {
    value = JSON.parse(decoderFor(source.encoding).decode(bytes));
  } catch (error) {
    throw new Error(`the file is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const list = Array.isArray(value) ? value : Object.values(value ?? {}).find(Array.isArray);
  if (!list) throw new Error("the file holds no JSON array");
  for (let start = 0; start < list.length; start += 1000) {
    const rows = list.slice(start, start + 1000).map((each, index) => objectRow(each, start + index + 1));
    yield { rows, bytes: Math.round((bytes.length * Math.min(start + 1000, list.length)) / list.length) };
  }
}
