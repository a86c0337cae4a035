/**
 * Text of a feed → records, a piece at a time, whatever the format. A reader can say where the last whole record ended, and
 * another one goes on from there: that is all that an import remembers between two slices.
 */
import type { Layout } from "./detect.ts";
import { type FeedRecord, type Fields, type Reader, type ReaderPlace, RecordTooLong } from "./records.ts";
import { type Delimiters, splitText } from "./split.ts";
import { XmlReader } from "./xml.ts";

/** A reader that goes on from `place`, where an earlier slice has stopped. */
export function openReader(layout: Layout, place: ReaderPlace): Reader {
  switch (layout.format) {
    case "merchant_xml":
      return new XmlReader(place);
    case "jsonl":
      return new LinesReader(place);
    default:
      return new TableReader(place, layout.columns, layout);
  }
}

class TableReader implements Reader {
  #carry = "";
  #bytes: number;
  #number: number;
  #isHeaderDue: boolean;
  readonly #columns: string[];
  readonly #by: Delimiters;

  constructor(place: ReaderPlace, columns: string[], by: Delimiters) {
    this.#bytes = place.offset;
    this.#number = place.number;
    this.#isHeaderDue = place.offset === 0;
    this.#columns = columns;
    this.#by = by;
  }

  push(text: string): FeedRecord[] {
    return this.#split(text, false);
  }

  end() {
    return { records: this.#split("", true), problem: undefined };
  }

  place(): ReaderPlace {
    return { offset: this.#bytes - Buffer.byteLength(this.#carry), number: this.#number };
  }

  #split(text: string, isLast: boolean): FeedRecord[] {
    this.#bytes += Buffer.byteLength(text);
    const { records, rest } = splitText(this.#carry + text, this.#by, isLast);
    this.#carry = rest;
    if (this.#isHeaderDue && records.length > 0) {
      records.shift();
      this.#isHeaderDue = false;
    }
    return records.map(({ cells, problem }) => {
      const number = ++this.#number;
      if (problem !== undefined) return { number, fields: {}, problem };
      if (cells.length > this.#columns.length && cells.slice(this.#columns.length).some((cell) => cell.trim() !== ""))
        return {
          number,
          fields: this.#fields(cells),
          problem: `${cells.length} fields instead of ${this.#columns.length}`,
        };
      return { number, fields: this.#fields(cells) };
    });
  }

  #fields(cells: string[]): Fields {
    const fields: Fields = Object.create(null);
    for (const [place, name] of this.#columns.entries()) {
      const value = cells[place]?.trim();
      if (value) fields[name] = value;
    }
    return fields;
  }
}

const LINE_LIMIT_CHARACTERS = 1024 * 1024;

class LinesReader implements Reader {
  #carry = "";
  #bytes: number;
  #number: number;

  constructor(place: ReaderPlace) {
    this.#bytes = place.offset;
    this.#number = place.number;
  }

  push(text: string): FeedRecord[] {
    this.#bytes += Buffer.byteLength(text);
    const lines = (this.#carry + text).split("\n");
    this.#carry = lines.pop() ?? "";
    if (this.#carry.length > LINE_LIMIT_CHARACTERS)
      throw new RecordTooLong(`no line ends within 1 MB after line ${this.#number + lines.length}`);
    return lines.flatMap((line) => this.#record(line));
  }

  end() {
    const records = this.#record(this.#carry);
    this.#carry = "";
    return { records, problem: undefined };
  }

  place(): ReaderPlace {
    return { offset: this.#bytes - Buffer.byteLength(this.#carry), number: this.#number };
  }

  #record(line: string): FeedRecord[] {
    if (line.trim() === "") return [];
    const number = ++this.#number;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return [{ number, fields: {}, problem: "not a JSON object" }];
      const fields: Fields = Object.create(null);
      flatten(fields, "", value, 0);
      return [{ number, fields }];
    } catch {
      return [{ number, fields: {}, problem: "not valid JSON" }];
    }
  }
}

const DEEPEST = 4;
const MOST_FIELDS = 500;

/** `{"titles": {"en": "Coat"}}` → `titles.en`; lists of plain values stay lists; what is nested deeper is left out. */
function flatten(fields: Fields, prefix: string, value: object, depth: number): void {
  for (const [name, each] of Object.entries(value)) {
    if (Object.keys(fields).length >= MOST_FIELDS) return;
    const path = prefix ? `${prefix}.${name}` : name;
    if (Array.isArray(each)) {
      const plain = each.filter((entry) => typeof entry !== "object" || entry === null).map(plainText);
      if (plain.length > 0) fields[path] = plain;
    } else if (typeof each === "object" && each !== null) {
      if (depth < DEEPEST) flatten(fields, path, each, depth + 1);
    } else if (each !== null && each !== "") fields[path] = plainText(each);
  }
}

/** A NUL and half of a character are no text: they become what broken bytes become. */
function plainText(value: unknown): string {
  return String(value).toWellFormed().replaceAll("\0", "\uFFFD");
}
