/**
 * `npm run bench:feed`: a catalog through the feed path of the built worker, over HTTP and its real queue: a first import and
 * the same file again, with items a second, rows written in all databases, and the most that the worker's isolate held. Real
 * products where they are present (../shared/data/catalog/styles.csv, or NUNCHI_CATALOG), generated ones otherwise;
 * `BENCH_FEED_ITEMS` (default 1000000) generated ones after that, 0 for none.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSite, report, round, startRuntime } from "./runtime.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DATA = process.env.NUNCHI_CATALOG ?? join(ROOT, "../shared/data/catalog");
const LARGE = Number(process.env.BENCH_FEED_ITEMS ?? 1_000_000);

/** Products' pages: an address that no import asks. */
const NOWHERE = "http://127.0.0.1/p";

interface Case {
  name: string;
  definition: object;
  file(): ReadableStream<Uint8Array>;
}

const ADIDAS: Case = {
  name: "adidas_usa.csv",
  definition: {
    mapping: { fields: { id: "sku", category: "breadcrumbs", url: `${NOWHERE}/{sku}` } },
    categorySeparator: "/",
  },
  file: () => new Blob([readFileSync(join(DATA, "adidas_usa.csv"))]).stream(),
};

const STYLES: Case = {
  name: "styles.csv",
  definition: {
    mapping: {
      fields: {
        title: "{gender} {baseColour} {articleType}",
        url: `${NOWHERE}/{id}`,
        imageUrl: "https://shop.test/i/{id}.jpg",
      },
    },
  },
  file: () => new Blob([readFileSync(join(DATA, "styles.csv"))]).stream(),
};

const HEADER =
  "id\ttitle\tdescription\tlink\timage_link\tprice\tavailability\tbrand\tproduct_type\titem_group_id\tcolor\n";

function generated(count: number): Case {
  const row = (id: number) =>
    `sku-${id}\t울 코트 ${id}번\t두 겹으로 짠 울 코트입니다. ${id}\t${NOWHERE}/${id}\thttps://shop.test/i/${id}.jpg\t${1000 + (id % 90_000)} KRW\tin stock\t브랜드 ${id % 300}\t여성 > 아우터 > 코트\tgroup-${id >> 2}\t검정\n`;
  return {
    name: `generated TSV, ${count} items`,
    definition: {},
    file() {
      const encoder = new TextEncoder();
      let id = 0;
      return new ReadableStream({
        start: (controller) => controller.enqueue(encoder.encode(HEADER)),
        pull(controller) {
          let text = "";
          for (const until = Math.min(count, id + 1000); id < until; id++) text += row(id);
          controller.enqueue(encoder.encode(text));
          if (id >= count) controller.close();
        },
      });
    },
  };
}

interface Import {
  id: string;
  state: string;
  reason: string | null;
  counts: { records: number; added: number; unchanged: number; refused: number };
}

async function benchCase({ name, definition, file }: Case): Promise<void> {
  let rowsWritten = 0;
  let lastJob = performance.now();
  const onLog = (line: string) => {
    if (!line.includes('"jobs done"')) return;
    lastJob = performance.now();
    rowsWritten += Number(/"rowsWritten":(\d+)/.exec(line)?.[1] ?? 0);
  };
  const runtime = await startRuntime({ inspect: true, onLog });
  try {
    const { secretKey } = await createSite(runtime, "Feeds");
    const headers = { authorization: `Bearer ${secretKey}` };
    const call = async <T>(method: string, path: string, init: RequestInit = {}): Promise<T> => {
      const all = { method, ...init, headers: { ...headers, ...init.headers } };
      const answer = await fetch(`${runtime.url}/v1${path}`, all);
      if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as T;
    };
    const json = { "content-type": "application/json" };
    await call("PUT", "/feeds/main", { headers: json, body: JSON.stringify({ name: "Main", ...definition }) });
    for (const pass of ["first import", "same file again"]) {
      let heap = 0;
      let heapInUse = 0;
      rowsWritten = 0;
      const started = performance.now();
      const begun = await call<Import>("POST", "/feeds/main/import", { body: file(), duplex: "half" } as RequestInit);
      const stored = performance.now();
      let run = begun;
      let looks = 0;
      while (run.state === "running") {
        heap = Math.max(heap, await runtime.heap(false));
        // What a full collection leaves; not asked for at every look, because it takes its time.
        if (++looks % 8 === 0) heapInUse = Math.max(heapInUse, await runtime.heap(true));
        await new Promise((resolve) => setTimeout(resolve, 250));
        run = await call<Import>("GET", `/feeds/main/imports/${begun.id}`);
      }
      if (run.state !== "done") throw new Error(`the import ended as ${run.state}: ${run.reason}`);
      const seconds = (performance.now() - started) / 1000;
      const megabytes = (bytes: number) => round(bytes / 1024 / 1024);
      // Vectors are made by jobs of their own, which are still at work when everything is stored.
      const rowsUntilStored = rowsWritten;
      while (performance.now() - lastJob < 5000) await new Promise((resolve) => setTimeout(resolve, 500));
      report({
        bench: "feed",
        case: name,
        pass,
        ...run.counts,
        seconds: round(seconds),
        secondsToTakeTheFile: round((stored - started) / 1000),
        itemsPerSecond: Math.round(run.counts.records / seconds),
        rowsWritten: rowsUntilStored,
        rowsWrittenWithVectors: rowsWritten,
        peakHeapMb: megabytes(heap),
        peakHeapInUseMb: megabytes(heapInUse),
      });
    }
  } finally {
    await runtime.stop();
  }
}

const isPresent = existsSync(join(DATA, "styles.csv")) && existsSync(join(DATA, "adidas_usa.csv"));
if (!isPresent) console.error(`the real catalogs are not at ${DATA}: generated products instead`);
for (const each of isPresent ? [ADIDAS, STYLES] : [generated(44_446)]) await benchCase(each);
if (LARGE > 0) await benchCase(generated(LARGE));
