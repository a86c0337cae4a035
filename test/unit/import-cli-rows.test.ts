import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import Papa from "papaparse";
import { afterAll, describe, expect, it } from "vitest";
import { splitCsv } from "../../worker/cli/csv.ts";
import { openRows, type Row, type Source } from "../../worker/cli/rows.ts";
import { parseTime } from "../../worker/feeds/time-text.ts";

function inChunks(text: string, size: number): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));
}

async function cellsOf(text: string, chunkSize = 1000, quote = '"') {
  const records = [];
  for await (const slice of splitCsv(inChunks(text, chunkSize), { delimiter: ",", quote })) records.push(...slice);
  return records;
}

const folder = mkdtempSync(join(tmpdir(), "nunchi-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

async function rowsOf(bytes: string | Buffer, source: Partial<Source>): Promise<Row[]> {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  const { slices } = await openRows({ path, format: "csv", encoding: "utf-8", quote: '"', ...source });
  const rows: Row[] = [];
  for await (const slice of slices) rows.push(...slice.rows);
  return rows;
}

describe("delimited text", () => {
  it("is read the same however it is cut into chunks", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "가", ",", '"', "\n", " ", "1"), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.integer({ min: 1, max: 30 }),
        async (table, newline, chunkSize) => {
          const text = Papa.unparse(table, { newline: newline as "\n", quotes: true });
          expect((await cellsOf(text, chunkSize)).map((record) => record.cells)).toEqual(table);
        },
      ),
    );
  });

  it.each([1, 5, 1000])("gives up one line for a quote that makes no sense (chunks of %i)", async (chunkSize) => {
    const text = '1,a\n2,"b" c\n3,"d"\n4,"never closed\n5,e\n6,"f\nf"\n';
    const records = await cellsOf(text, chunkSize);
    expect(records.map(({ cells, problem }) => [cells[0], problem === undefined])).toEqual([
      ["1", true],
      ['2,"b" c', false],
      ["3", true],
      ['4,"never closed', false],
      ["5", true],
      ["6", true],
    ]);
    expect(records.at(-1)?.cells).toEqual(["6", "f\nf"]);
  });

  it("takes quotes as they are when there is no quoting", async () => {
    expect((await cellsOf('1,"a\n2,b"c\n', 3, "")).map(({ cells }) => cells)).toEqual([
      ["1", '"a'],
      ["2", 'b"c'],
    ]);
  });
});

describe("rows", () => {
  it("are numbered as in a spreadsheet and refused when their fields do not fit", async () => {
    const rows = await rowsOf("\uFEFFid,title\nc1,울 코트\nc2\nc3,니트,extra\n\nc4,양말\n", {});
    expect(rows.map(({ number, values, problem }) => [number, values.id, problem])).toEqual([
      [2, "c1", undefined],
      [3, "c2", "1 fields instead of 2"],
      [4, "c3", "3 fields instead of 2"],
      [5, "c4", undefined],
    ]);
  });

  it("are read in Korean and Western encodings, and refused in a wrong one", async () => {
    const korean = Buffer.from([0xc4, 0xda, 0xc6, 0xae]);
    const file = Buffer.concat([Buffer.from("id;title\n1;"), korean, Buffer.from("\n")]);
    for (const encoding of ["euc-kr", "CP949"]) {
      expect((await rowsOf(file, { encoding }))[0]?.values).toEqual({ id: "1", title: "코트" });
    }
    expect((await rowsOf(file, {}))[0]?.problem).toContain("encoding");
    const western = Buffer.from([0x31, 0x7c, 0x41, 0x6d, 0xe9, 0x6c, 0x69, 0x65, 0x0a]);
    const source = { encoding: "latin1", delimiter: "|", columns: ["id", "title"] };
    expect(await rowsOf(western, source)).toEqual([{ number: 1, values: { id: "1", title: "Amélie" } }]);
    await expect(rowsOf(file, { encoding: "ebcdic" })).rejects.toThrow("--encoding");
  });

  it("come from JSON, with a broken line on its own", async () => {
    const lines = await rowsOf('{"id":1}\n\n{"id":\n[3]\n{"id":4}', { format: "ndjson" });
    expect(lines.map(({ number, values, problem }) => [number, values.id, problem])).toEqual([
      [1, 1, undefined],
      [3, undefined, "not valid JSON"],
      [4, undefined, "not a JSON object"],
      [5, 4, undefined],
    ]);
    const array = await rowsOf('{"items":[{"id":1},7]}', { format: "json" });
    expect(array.map(({ number, problem }) => [number, problem])).toEqual([
      [1, undefined],
      [2, "not a JSON object"],
    ]);
    await expect(rowsOf("{", { format: "json" })).rejects.toThrow("not valid JSON");
  });

  it("need column names that can be told apart", async () => {
    await expect(rowsOf("id,id\n1,2\n", {})).rejects.toThrow('two columns are named "id"');
    await expect(rowsOf("", {})).rejects.toThrow("no rows");
  });
});

describe("times", () => {
  it.each([
    ["881250949", "1997-12-04T15:55:49Z"],
    ["1700000000000", "2023-11-14T22:13:20Z"],
    ["2024-03-01", "2024-02-29T15:00:00Z"],
    ["20240301", "2024-02-29T15:00:00Z"],
    ["2024.3.1 09:30", "2024-03-01T00:30:00Z"],
    ["2024/03/01 9:30:15.25", "2024-03-01T00:30:15.250Z"],
    ["2024-03-01T09:30:00Z", "2024-03-01T09:30:00Z"],
    ["2024-03-01 09:30:00+0200", "2024-03-01T07:30:00Z"],
  ])("%s in Seoul is %s", (text, expected) => {
    expect(parseTime(text, "Asia/Seoul")).toBe(Date.parse(expected));
  });

  it.each(["", "yesterday", "2024-02-30", "2024-13-01", "12/31/2024", "2024-03-01 25:00"])("%s is none", (text) => {
    expect(parseTime(text, "Asia/Seoul")).toBeUndefined();
  });
});
