/**
 * `npm run bench:train`: trainings of a shop as the worker runs them: the built worker under Miniflare, its Workflow over real
 * databases and buckets, first build and nightly refresh. A JSON line for each with seconds of CPU, by kind of step, and by how
 * much the runtime's process grew while it was at it, garbage and the databases' caches included: more than the isolate holds
 * (`bench:recommend` measures each step's own memory). `-- --dataset <folder>` replays the sessions of a measuring set;
 * `-- --items 100000 --events 1000000` invents a shop.
 */
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { profileIdOf, SLOTS, slotOf } from "../../worker/lib/ids.ts";
import { type Dataset, inventDataset, readDataset } from "./recommend-data.ts";
import { cpuSeconds, createSite, type Runtime, report, residentMb, round, startRuntime } from "./runtime.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const ROWS_A_STATEMENT = 5000;
/** Days that the sessions lie within. */
const DAYS = 90;

interface Shop {
  name: string;
  itemCount: number;
  sessions: Iterable<Iterable<number>>;
  sessionCount: number;
}

function shopOf(name: string, { train: { items, starts }, itemCount }: Dataset): Shop {
  const sessionCount = starts.length - 1;
  return {
    name,
    itemCount,
    sessionCount,
    sessions: Array.from({ length: sessionCount }, (_, session) =>
      items.subarray(starts[session], starts[session + 1]),
    ),
  };
}

/** Straight into the databases: what is measured is the training. Vectors of contents are marked as made. */
async function fill(runtime: Runtime, siteId: string, shop: Shop, until: number): Promise<number> {
  const control = await runtime.database("DB");
  for (let from = 0; from < shop.itemCount; from += ROWS_A_STATEMENT) {
    const ids = Array.from({ length: Math.min(ROWS_A_STATEMENT, shop.itemCount - from) }, (_, k) => `i${from + k}`);
    await control.all(
      `INSERT INTO items (site_id, id, title, url, currency, category, in_stock, hidden, content_hash, embedded_hash, created_at, updated_at)
       SELECT ?2, value, 'Item ' || value, 'https://shop.test/' || value, 'KRW', 'kind', 1, 0, 'x', 'x', ?3, ?3 FROM json_each(?1)`,
      JSON.stringify(ids),
      siteId,
      until - DAYS * DAY,
    );
  }
  const shards = [await runtime.database("USERS_0"), await runtime.database("USERS_1")];
  const waiting: object[][] = shards.map(() => []);
  let stored = 0;
  const flush = async (shard: number) => {
    const rows = waiting[shard] ?? [];
    waiting[shard] = [];
    stored += rows.length;
    await shards[shard]?.all(
      `INSERT INTO events (profile_id, at, message_id, name, item_id, properties, is_bot)
       SELECT value ->> 'p', value ->> 'at', value ->> 'm', 'product_viewed', value ->> 'i',
         json_object('product_id', value ->> 'i'), 0 FROM json_each(?1)`,
      JSON.stringify(rows),
    );
  };
  let session = 0;
  for (const items of shop.sessions) {
    const profileId = profileIdOf(siteId, { anonymousId: `visitor-${session}` });
    const shard = slotOf(profileId) < SLOTS / 2 ? 0 : 1;
    let at = Math.round(until - DAYS * DAY * (1 - session / shop.sessionCount));
    for (const item of items) {
      waiting[shard]?.push({ p: profileId, at, m: `${session}-${at}`, i: `i${item}` });
      at += MINUTE;
    }
    session++;
    if ((waiting[shard]?.length ?? 0) >= ROWS_A_STATEMENT) await flush(shard);
  }
  for (const shard of shards.keys()) await flush(shard);
  return stored;
}

interface Spent {
  steps: number;
  cpuSeconds: number;
  longestSeconds: number;
  /** The most that the process held while such a step ran, over what it held before the training. */
  grewMb: number;
}

class Gauge {
  readonly byKind = new Map<string, Spent>();
  grewMb = 0;
  readonly #begin = residentMb() ?? 0;
  #since = cpuSeconds() ?? 0;
  #held = 0;

  hold(): void {
    this.#held = Math.max(this.#held, Math.ceil((residentMb() ?? 0) - this.#begin));
    this.grewMb = Math.max(this.grewMb, this.#held);
  }

  done(step: string): Spent {
    this.hold();
    const cpu = cpuSeconds() ?? 0;
    const kind = step.replace(/ .*/, "");
    const known = this.byKind.get(kind) ?? { steps: 0, cpuSeconds: 0, longestSeconds: 0, grewMb: 0 };
    const seconds = cpu - this.#since;
    const spent = {
      steps: known.steps + 1,
      cpuSeconds: round(known.cpuSeconds + seconds),
      longestSeconds: round(Math.max(known.longestSeconds, seconds)),
      grewMb: Math.max(known.grewMb, this.#held),
    };
    this.byKind.set(kind, spent);
    this.#since = cpu;
    this.#held = 0;
    return spent;
  }
}

const { values } = parseArgs({
  options: {
    dataset: { type: "string" },
    items: { type: "string", default: "20000" },
    events: { type: "string", default: "200000" },
    verbose: { type: "boolean", default: false },
  },
});
const shop = values.dataset
  ? shopOf(basename(values.dataset), readDataset(values.dataset))
  : shopOf("invented", inventDataset(Number(values.items), Number(values.events)));

let gauge = new Gauge();
let onFinish = (): void => undefined;
const runtime: Runtime = await startRuntime({
  onLog: (line) => {
    if (line.includes("training failed")) console.error(line);
    const step = /"step":"([^"]+)"/.exec(line)?.[1];
    // What the Workflow calls "learn" is several kinds of the engine's work, each of which says when it is done.
    if (step === undefined || !/training (step|work) done/.test(line) || step.startsWith("learn ")) return;
    const spent = gauge.done(step);
    if (values.verbose) console.error(step, JSON.stringify(spent));
    if (step === "finish" || step === "give up") onFinish();
  },
});
const sampling = setInterval(() => gauge.hold(), 50);
try {
  const { siteId, secretKey } = await createSite(runtime, "Training");
  const events = await fill(runtime, siteId, shop, Date.now() - MINUTE);
  const call = async (method: string, path: string) => {
    const answer = await fetch(`${runtime.url}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${secretKey}` },
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  type Model = { state: string; metrics: Record<string, unknown> };
  for (const pass of ["first build", "nightly refresh"]) {
    gauge = new Gauge();
    const before = cpuSeconds() ?? 0;
    const finished = new Promise<void>((resolve) => {
      onFinish = resolve;
    });
    // Its answer waits behind the training that it starts.
    call("POST", "/models").catch(() => undefined);
    // The worker is busy until then, and would not answer.
    await finished;
    const { models } = (await call("GET", "/models")) as { models: Model[] };
    const [model] = models;
    if (!model) throw new Error("there is no model");
    const { ranker, model: offline, decision, items, tuning } = model.metrics;
    report({
      bench: "train",
      shop: shop.name,
      pass,
      events,
      itemsInCatalog: shop.itemCount,
      items,
      sessions: shop.sessionCount,
      state: model.state,
      decision,
      ranker,
      offline,
      tuning,
      cpuSeconds: round((cpuSeconds() ?? 0) - before),
      grewMb: gauge.grewMb,
      steps: Object.fromEntries(gauge.byKind),
    });
  }
} finally {
  clearInterval(sampling);
  await runtime.stop();
}
