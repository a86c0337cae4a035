/**
 * Google Merchant's RSS 2.0 and Atom: `<item>` and `<entry>` → fields, with any namespace prefix left out. saxes parses. What
 * is wrong inside one item costs that item; a file that ends in the middle says so.
 */
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from "saxes";
import { type FeedRecord, type Fields, type Reader, type ReaderPlace, RecordTooLong } from "./records.ts";

/** One product is never that long: an end is missing. */
const RECORD_LIMIT_CHARACTERS = 1024 * 1024;
const RECORDS = new Set(["item", "entry"]);

export class XmlReader implements Reader {
  readonly #parser = new SaxesParser({ xmlns: true });
  #number: number;
  #depth = 0;
  #recordDepth: number | undefined;
  #path: string[] = [];
  #text = "";
  #fields: Fields = Object.create(null);
  #problem: string | undefined;
  #records: FeedRecord[] = [];
  #isClosed = false;
  /** Of the text pushed since the last record's end. */
  #since = 0;
  /** Characters of this reader's own root elements, and where the last record ended behind them. */
  readonly #prologue: number;
  #ends: { chunk: string; from: number; bytesBefore: number; at: number; number: number } | undefined;
  #bytes: number;
  readonly #start: ReaderPlace;
  /** The piece of text that is being read, and where it begins. */
  #current = { chunk: "", from: 0, bytesBefore: 0 };
  #pushed = 0;
  /** Beginnings of the elements that are open around every record. */
  #roots: string[];

  constructor(place: ReaderPlace) {
    this.#number = place.number;
    this.#bytes = place.offset;
    this.#start = place;
    this.#roots = [...(place.roots ?? [])];
    const prologue = this.#roots.join("");
    this.#prologue = prologue.length;
    this.#parser.on("opentag", (tag) => this.#open(tag));
    this.#parser.on("text", (text) => this.#add(text));
    this.#parser.on("cdata", (text) => this.#add(text));
    this.#parser.on("closetag", () => this.#close());
    // Without a handler the first error is thrown.
    this.#parser.on("error", (error) => {
      if (this.#recordDepth !== undefined) this.#problem ??= error.message.replace(/^[^:]*:\d+:\s*/, "").slice(0, 160);
    });
    if (prologue) this.#parser.write(prologue);
  }

  push(text: string): FeedRecord[] {
    this.#records = [];
    this.#current = { chunk: text, from: this.#prologue + this.#pushed, bytesBefore: this.#bytes };
    this.#since += text.length;
    this.#parser.write(text);
    this.#pushed += text.length;
    this.#bytes += Buffer.byteLength(text);
    if (this.#since > RECORD_LIMIT_CHARACTERS)
      throw new RecordTooLong(`no product ends within 1 MB after product ${(this.#ends ?? this.#start).number}`);
    return this.#records;
  }

  end(): { records: FeedRecord[]; problem: string | undefined } {
    if (this.#isClosed) return { records: [], problem: undefined };
    return { records: [], problem: "the file ends in the middle: its last element is not closed" };
  }

  place(): ReaderPlace {
    if (!this.#ends) return this.#start;
    const { chunk, from, bytesBefore, at, number } = this.#ends;
    return { offset: bytesBefore + Buffer.byteLength(chunk.slice(0, at - from)), number, roots: this.#roots };
  }

  #open(tag: SaxesTagNS): void {
    this.#depth++;
    if (this.#recordDepth !== undefined) {
      this.#path.push(tag.local);
      this.#text = "";
      // Atom: <link href="…"/>
      const href = tag.local === "link" ? attribute(tag, "href") : undefined;
      const rel = attribute(tag, "rel");
      if (href !== undefined && (rel === undefined || rel === "alternate")) this.#keep("link", href);
      return;
    }
    if (RECORDS.has(tag.local)) {
      this.#recordDepth = this.#depth;
      this.#fields = Object.create(null);
      this.#problem = undefined;
      this.#number++;
      if (this.#ends === undefined) this.#roots = this.#roots.slice(0, this.#depth - 1);
    } else if (this.#ends === undefined) this.#roots = [...this.#roots.slice(0, this.#depth - 1), written(tag)];
  }

  #add(text: string): void {
    if (this.#recordDepth !== undefined && this.#path.length > 0) this.#text += text;
  }

  #close(): void {
    if (this.#recordDepth === this.#depth) {
      this.#records.push({
        number: this.#number,
        fields: this.#fields,
        ...(this.#problem ? { problem: `broken XML: ${this.#problem}` } : {}),
      });
      this.#recordDepth = undefined;
      this.#path = [];
      this.#ends = { ...this.#current, at: this.#parser.position, number: this.#number };
      this.#since = 0;
    } else if (this.#recordDepth !== undefined) {
      const value = this.#text.trim();
      if (value !== "") this.#keep(this.#path.join("."), value);
      this.#path.pop();
      this.#text = "";
    } else if (this.#depth === 1) this.#isClosed = true;
    this.#depth--;
  }

  #keep(name: string, value: string): void {
    const known = this.#fields[name];
    this.#fields[name] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
}

function attribute(tag: SaxesTagNS, name: string): string | undefined {
  return (tag.attributes[name] as SaxesAttributeNS | undefined)?.value;
}

/** An element's beginning with the namespaces that it declares: enough to go on inside it. */
function written(tag: SaxesTagNS): string {
  const declared = Object.entries(tag.ns ?? {}).map(
    ([prefix, uri]) => `${prefix ? `xmlns:${prefix}` : "xmlns"}=${JSON.stringify(uri)}`,
  );
  return `<${[tag.name, ...declared].join(" ")}>`;
}
