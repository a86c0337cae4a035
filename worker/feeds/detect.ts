/** What a file is, from how it begins. Pure. */
import { guessDelimiter, splitText } from "./split.ts";

export const FORMATS = ["merchant_xml", "merchant_tsv", "naver_ep", "csv", "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

export type Detected = (Layout & { ok: true }) | { ok: false; reason: string };

/** How the text is taken apart. */
export type Layout =
  | { format: "merchant_xml" }
  | { format: "jsonl" }
  | { format: TableFormat; delimiter: string; quote: string; columns: string[] };

type TableFormat = "merchant_tsv" | "naver_ep" | "csv";

/** A column that only this format has. */
const NAVER = ["price_pc", "price_mobile", "category_name1", "image_link"];

/** `head`: the first 64 KB of the text or so; `said`: what the feed's definition says it is, undefined to find out. */
export function detectFormat(head: string, said: Format | undefined): Detected {
  const start = head.trimStart();
  if (start === "") return { ok: false, reason: "the file is empty" };
  if (/^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b/i.test(start))
    return { ok: false, reason: "the address answers a web page (HTML), not a feed" };
  const isXml = start.startsWith("<");
  if (said !== undefined && (said === "merchant_xml") !== isXml)
    return { ok: false, reason: `the file does not begin like ${said}` };
  if (isXml || said === "merchant_xml") return { ok: true, format: "merchant_xml" };
  if (said === "jsonl" || (said === undefined && start.startsWith("{"))) return { ok: true, format: "jsonl" };
  if (said === undefined && start.startsWith("[{"))
    return { ok: false, reason: "the file is a JSON array; JSON Lines has one object a line" };
  return detectColumns(start, said);
}

function detectColumns(head: string, said: TableFormat | undefined): Detected {
  const firstLine = head.slice(0, head.indexOf("\n") < 0 ? undefined : head.indexOf("\n"));
  const isTabbed = firstLine.includes("\t");
  const names = firstLine.split("\t").map((name) => name.trim().toLowerCase());
  const isNaver = NAVER.filter((name) => names.includes(name)).length >= 2;
  const format = said ?? (isNaver ? "naver_ep" : isTabbed ? "merchant_tsv" : "csv");
  const delimiter = format === "csv" ? guessDelimiter(head) : "\t";
  const quote = format === "naver_ep" ? "" : '"';
  const columns = (splitText(`${firstLine}\n`, { delimiter, quote }, true).records[0]?.cells ?? []).map((name) =>
    name.trim(),
  );
  if (columns.length < 2) return { ok: false, reason: "the first line names no columns" };
  const twice = columns.find((name, place) => name !== "" && columns.indexOf(name) !== place);
  if (twice !== undefined) return { ok: false, reason: `two columns are named "${twice.slice(0, 60)}"` };
  return { ok: true, format, delimiter, quote, columns };
}
