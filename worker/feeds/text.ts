/**
 * Bytes of a feed → text in one form: whatever its encoding, without a byte order mark, lines that end with LF, the replacement character for a NUL and its like, and
 * in XML every `&` that begins no reference written as `&amp;`. What reads the text afterwards can say where it stands in bytes.
 */
export const ENCODINGS = ["utf-8", "euc-kr", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Control characters but tab and line end, and what Unicode says is no character: no format knows what to do with them. */
const NO_LETTERS = /[^\P{Cc}\t\n]|[\uFFFE\uFFFF]/gu;

/** How much after the first byte beyond ASCII is looked at before its encoding is believed. */
const SNIFFED_BYTES = 64 * 1024;

/** By byte order mark, else by what the bytes are valid in. Undefined: nothing but ASCII so far. */
export function detectEncoding(bytes: Uint8Array): Encoding | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (!bytes.some((byte) => byte >= 0x80)) return undefined;
  if (isValid(bytes, "utf-8")) return "utf-8";
  // Neither: most of such a file can be read, and what cannot is counted.
  return mistakes(bytes, "euc-kr") <= mistakes(bytes, "utf-8") ? "euc-kr" : "utf-8";
}

function isValid(bytes: Uint8Array, encoding: Encoding): boolean {
  try {
    new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function mistakes(bytes: Uint8Array, encoding: Encoding): number {
  return new TextDecoder(encoding).decode(bytes, { stream: true }).split("\uFFFD").length - 1;
}

/** Turns chunks of bytes into chunks of text. `encoding` is what was found, "utf-8" while nothing speaks against it. */
export class TextReader {
  encoding: Encoding | undefined;
  #decoder: TextDecoder | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #tail = "";
  #isXml: boolean | undefined;
  #inCdata = false;

  push(bytes: Uint8Array): string {
    if (this.#decoder) return this.#clean(this.#decoder.decode(bytes, { stream: true }));
    this.#held.push(bytes);
    this.#heldBytes += bytes.byteLength;
    if (this.#heldBytes < SNIFFED_BYTES) return "";
    return this.#sniff(false);
  }

  end(): string {
    const last = this.#decoder ? "" : this.#sniff(true);
    const text = last + this.#clean(this.#decoder?.decode() ?? "");
    const tail = this.#tail.replace(/\r/g, "\n");
    this.#tail = "";
    return text + (this.#isXml ? escapeAmpersands(tail) : tail);
  }

  #sniff(isLast: boolean): string {
    const bytes = Buffer.concat(this.#held);
    const found = detectEncoding(bytes);
    if (found === undefined && !isLast) {
      // The same in every encoding but UTF-16, which has a mark: what comes later decides.
      this.#held = [];
      this.#heldBytes = 0;
      return this.#clean(new TextDecoder().decode(bytes));
    }
    this.encoding = found ?? "utf-8";
    this.#decoder = new TextDecoder(this.encoding);
    this.#held = [];
    return this.#clean(this.#decoder.decode(bytes, { stream: true }));
  }

  #clean(piece: string): string {
    if (piece === "") return "";
    const text = this.#tail + piece;
    this.#isXml ??= text.trimStart().startsWith("<");
    const cut = this.#isXml ? heldBack(text) : text.endsWith("\r") ? text.length - 1 : text.length;
    this.#tail = text.slice(cut);
    const lines = text.slice(0, cut).replace(/\r\n?/g, "\n").replace(NO_LETTERS, "\uFFFD");
    return this.#isXml ? this.#escape(lines) : lines;
  }

  /** Character data in CDATA is what it is. */
  #escape(text: string): string {
    let out = "";
    let from = 0;
    while (from < text.length) {
      const mark = this.#inCdata ? "]]>" : "<![CDATA[";
      const at = text.indexOf(mark, from);
      const until = at < 0 ? text.length : at + mark.length;
      const part = text.slice(from, until);
      out += this.#inCdata ? part : escapeAmpersands(part);
      if (at >= 0) this.#inCdata = !this.#inCdata;
      from = until;
    }
    return out;
  }
}

const NAMED = new Set(["amp", "lt", "gt", "quot", "apos"]);

/** A parser drops what follows a bare `&`, and knows no names but XML's own (`&nbsp;` is HTML's). */
function escapeAmpersands(text: string): string {
  return text.replace(
    /&(#\d{1,7};|#x[\da-fA-F]{1,6};|(\w{1,31});)?/g,
    (found, rest: string | undefined, name?: string) =>
      rest !== undefined && (name === undefined || NAMED.has(name)) ? found : `&amp;${found.slice(1)}`,
  );
}

/** Where a mark or a reference may have been cut in two, at most so many characters before the end. */
const LONGEST_MARK = 33;

function heldBack(text: string): number {
  const from = Math.max(0, text.length - LONGEST_MARK);
  const begun = /(?:&[#\w]*|<!?(?:\[(?:C(?:D(?:A(?:TA?)?)?)?)?)?|\]{1,2}|\r)$/.exec(text.slice(from));
  return begun ? from + begun.index : text.length;
}
