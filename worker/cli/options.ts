/** The command line of `npm run import`, checked. */
import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { KINDS, type Kind, type Mapping } from "./mapping.ts";
import { FORMATS, type Format, type Source } from "./rows.ts";

export const HELP = `Imports a catalog or historical events into a site, over the HTTP API.

  npm run import -- items  --file catalog.csv --key sk_…
  npm run import -- events --file orders.ndjson --key sk_…

Interrupted? Run it again: it goes on where it was, and stores nothing twice. Rows that cannot be taken are written to
<file>.refused.csv with the row's number and the reason.

The file
  --file PATH            what to import
  --format FORMAT        csv, tsv, json (one array) or ndjson (an object a line); default: by the file's ending
  --encoding NAME        utf-8 (default), euc-kr (cp949), latin1, …
  --delimiter CHAR       between cells: ',' ';' '|' or 'tab'; default: guessed for csv
  --quote CHAR           around cells that hold the delimiter; default '"', 'none' for files without
  --columns a,b,c        names of the columns, when the file has no header
  --time-zone ZONE       of times without an offset (default Asia/Seoul)
  --list-separator CHARS each of these characters separates a list in one cell (default '|;,')

The fields: a column named like a field needs no --map (image_url is imageUrl)
  --map field=column     the field is that column
  --map "field='text'"   the field is this text; {column} in it stands for the column's value
  --map 'field=rating>=4?product_purchased:product_viewed'
                         a choice by a column's value; compare with = != > >= < <=
  --map tags=first..last tags are the names of the columns first to last that hold 1, true, yes or y
    items:  id title url (needed), titles.ko titles.en description imageUrl price listPrice salePrice saleStartsAt
            saleEndsAt currency brand category tags groupId availability quantity lowStockThreshold hidden attributes.…
    events: event, userId or anonymousId, timestamp (needed), type (default track), messageId, traits.… context.…;
            any other name is a property (product_id, price, quantity, …). Without messageId, rows that are equal in
            every column are one event.
  --preview              show what the first three rows become, and send nothing

The site
  --url URL              default http://127.0.0.1:8787 or NUNCHI_URL
  --key sk_…             the site's secret key, or NUNCHI_KEY
  --site-name NAME       instead of a key: a site of this name, made on first use; its keys are kept in .nunchi/import
  --token TOKEN          SETUP_TOKEN of the installation, to make that site (known for an npm start of this folder)
  --locale ko|en  --currency KRW
                         of the site that is made

  --refused PATH         another place for the refused rows
  --state FOLDER         where progress and keys are kept (default .nunchi/import)
  --restart              from the first row again

Exit code 0: all rows were accepted; 2: done, some rows were refused; 1: stopped before the end.

Example: MovieLens 100K into a site of its own

  npm run import -- items --file u.item --format csv --delimiter '|' --quote none --encoding latin1 \\
    --columns id,title,released,video,imdb,unknown,Action,Adventure,Animation,Children,Comedy,Crime,Documentary,Drama,\\
Fantasy,Film-Noir,Horror,Musical,Mystery,Romance,Sci-Fi,Thriller,War,Western \\
    --map "url='https://movies.example/{id}'" --map tags=Action..Western --map attributes.released=released \\
    --site-name MovieLens --locale en --currency USD
  npm run import -- events --file u.data --format tsv --columns user,item,rating,time --map userId=user \\
    --map product_id=item --map rating=rating --map timestamp=time \\
    --map 'event=rating>=4?product_purchased:product_viewed' --site-name MovieLens
  curl -X POST http://127.0.0.1:8787/v1/models -H 'Authorization: Bearer sk_…'    (trains now instead of tonight)
`;

export interface Options {
  kind: Kind;
  source: Source;
  mapping: Mapping;
  timeZone: string;
  listSeparator: RegExp;
  url: string;
  key: string | undefined;
  site: { name: string; token: string | undefined; settings: Record<string, string> } | undefined;
  refusedPath: string;
  stateFolder: string;
  restart: boolean;
  preview: boolean;
}

/** Throws an Error to show. "help" when that was asked for, or nothing at all. */
export function readOptions(args: string[], environment: Record<string, string | undefined>): Options | "help" {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      file: { type: "string" },
      format: { type: "string" },
      encoding: { type: "string", default: "utf-8" },
      delimiter: { type: "string" },
      quote: { type: "string", default: '"' },
      columns: { type: "string" },
      map: { type: "string", multiple: true, default: [] },
      "time-zone": { type: "string", default: "Asia/Seoul" },
      "list-separator": { type: "string", default: "|;," },
      url: { type: "string" },
      key: { type: "string" },
      "site-name": { type: "string" },
      token: { type: "string" },
      locale: { type: "string", default: "ko" },
      currency: { type: "string", default: "KRW" },
      refused: { type: "string" },
      state: { type: "string", default: ".nunchi/import" },
      restart: { type: "boolean", default: false },
      preview: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help || args.length === 0) return "help";
  const kind = KINDS.find((each) => each === positionals[0]);
  if (!kind || positionals.length > 1) throw new Error('say what to import first: "items" or "events"');
  if (!values.file) throw new Error("--file is missing");
  if (!existsSync(values.file)) throw new Error(`--file: there is no ${values.file}`);
  const url = (values.url ?? environment.NUNCHI_URL ?? "http://127.0.0.1:8787").replace(/\/$/, "");
  if (!URL.canParse(url)) throw new Error("--url is no URL");
  const key = values.key ?? environment.NUNCHI_KEY;
  const siteName = values["site-name"];
  if (!key && !siteName && !values.preview) throw new Error("say where to: --key sk_… or --site-name NAME");
  return {
    kind,
    source: {
      path: values.file,
      format: formatOf(values.file, values.format),
      encoding: values.encoding,
      ...(values.delimiter === undefined ? {} : { delimiter: delimiterOf(values.delimiter) }),
      quote: values.quote === "none" ? "" : values.quote,
      ...(values.columns === undefined ? {} : { columns: values.columns.split(",").map((name) => name.trim()) }),
    },
    mapping: values.map.map(splitMap),
    timeZone: timeZoneOf(values["time-zone"]),
    listSeparator: new RegExp(`[${values["list-separator"].replace(/[\\\]^-]/g, "\\$&")}]`),
    url,
    key,
    site: siteName
      ? {
          name: siteName,
          token: values.token ?? environment.SETUP_TOKEN ?? localToken(url),
          settings: { timeZone: values["time-zone"], locale: values.locale, currency: values.currency },
        }
      : undefined,
    refusedPath: values.refused ?? `${values.file}.refused.csv`,
    stateFolder: resolve(values.state),
    restart: values.restart,
    preview: values.preview,
  };
}

function splitMap(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1 || at === text.length - 1) throw new Error(`--map "${text}" is not field=expression`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function formatOf(path: string, given: string | undefined): Format {
  const name = given ?? extname(path).slice(1).replace("jsonl", "ndjson");
  const format = FORMATS.find((each) => each === name);
  if (!format) throw new Error(`--format: "${name}" is none of ${FORMATS.join(", ")}`);
  return format;
}

function delimiterOf(text: string): string {
  return text === "tab" || text === "\\t" ? "\t" : text;
}

function timeZoneOf(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new Error(`--time-zone: "${zone}" is no time zone; Asia/Seoul is one`);
  }
}

/** The setup token of an `npm start` of this folder. */
function localToken(url: string): string | undefined {
  if (!/^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$/.test(url)) return undefined;
  try {
    return JSON.parse(readFileSync(join(".nunchi", "secrets.json"), "utf8")).setupToken;
  } catch {
    return undefined;
  }
}
