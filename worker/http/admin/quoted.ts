/**
 * Several texts in one line, with commas between. One that would be read as something else stands in quotes, written as in
 * JSON: a field of one line keeps neither line breaks nor spaces at its ends. Pure.
 */

const NEEDS_QUOTES = /[",]|^\s|\s$|\p{Cc}|\p{Cs}|^$/u;

/** The text as it stands in a line. */
export function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? JSON.stringify(text) : text;
}

/** The opposite of `quoted`. What begins with a quote and is no JSON text is taken as it is. */
export function unquoted(entry: string): string {
  const said = entry.trim();
  if (!said.startsWith('"')) return said;
  try {
    return String(JSON.parse(said));
  } catch {
    return said;
  }
}

/** An entry in quotes, or what stands behind the first "=" of an entry: there commas separate nothing. */
const ENTRY = /(?:[^,="]*=)?\s*"(?:[^"\\]|\\.)*"\s*(?=,|$)|[^,]+/g;

/** The entries of a line, quotes and all. */
export function splitQuoted(line: string): string[] {
  return (line.match(ENTRY) ?? []).map((entry) => entry.trim()).filter(Boolean);
}
