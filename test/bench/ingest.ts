/**
 * `npm run bench:ingest`: events that are durable when answered, per second, over HTTP, from the demo shop's visitors as if
 * they happened now: into a bare site, and into one with the demo's segments and its running campaign, whose runs start in
 * the same transaction; and as Segment's SDK writes its batches. Each case has databases of its own; what is stored is counted against what was acknowledged.
 */
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { demoCampaign, demoPlacements, demoSegments } from "../../widget/demo/definitions.ts";
import { type SimulatedMessage, simulateVisitors } from "../../widget/demo/simulator.ts";
import { createSite, measure, type Runtime, report, round, startHello, startRuntime } from "./runtime.ts";

const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
/** Messages whose rows are counted, in the order in which they happened. */
const COUNTED = 4000;

const catalog = demoCatalog("http://shop.test");
let seed = 1;

/** What happens in a shop, over everybody in order of time; never the same visitor twice. */
function* traffic(): Generator<SimulatedMessage> {
  for (;;) {
    const day = [...simulateVisitors({ seed: seed++, visitors: 400, days: 1, now: Date.now(), catalog })];
    yield* day.sort((a, b) => (a.timestamp < b.timestamp ? -1 : Number(a.timestamp > b.timestamp)));
  }
}

function take(messages: Generator<SimulatedMessage>, count: number): SimulatedMessage[] {
  const timestamp = new Date().toISOString();
  return Array.from({ length: count }, () => ({ ...(messages.next().value as SimulatedMessage), timestamp }));
}

/** What the demo's marketer has set up. */
async function setUpShop(origin: string, headers: Record<string, string>): Promise<void> {
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${origin}/v1/${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  };
  for (const { id, ...placement } of demoPlacements) await call("PUT", `placements/${id}`, placement);
  for (const { id, ...segment } of demoSegments) await call("PUT", `segments/${id}`, segment);
  const { id, ...campaign } = demoCampaign;
  await call("PUT", `campaigns/${id}`, campaign);
  await call("POST", `campaigns/${id}/launch`);
}

async function countStored(runtime: Runtime): Promise<number> {
  let stored = 0;
  for (const binding of ["USERS_0", "USERS_1"] as const) {
    const [row] = await (await runtime.database(binding)).all<{ n: number }>("SELECT count(*) AS n FROM events");
    stored += row?.n ?? 0;
  }
  return stored;
}

/** Sends one after the other and adds up the rows that the worker says it wrote (X-Rows, in the demo only). */
async function countRows(url: string, allHeaders: Record<string, string>, batchSize: number): Promise<number> {
  const headers = { ...allHeaders, "x-rows": "1" };
  const messages = traffic();
  let written = 0;
  for (let sent = 0; sent < COUNTED; sent += batchSize) {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify({ batch: take(messages, batchSize) }),
    });
    written += Number(/written=(\d+)/.exec(answer.headers.get("x-rows") ?? "")?.[1]);
  }
  return written / COUNTED;
}

/** What `@segment/analytics-node` adds to each message, and to each batch. */
function asSegmentSdk(messages: SimulatedMessage[], writeKey: string): object {
  const context = { library: { name: "@segment/analytics-node", version: "3.1.0" } };
  const batch = messages.map((message) => ({
    ...message,
    context: { ...context, ...(message as { context?: object }).context },
    integrations: {},
    _metadata: { nodeVersion: "24.21.0", jsRuntime: "node" },
  }));
  return { batch, writeKey, sentAt: new Date().toISOString() };
}

const CASES = ["bare site", "with segments and a campaign", "as Segment's SDK sends it"] as const;

async function benchCase(helloUrl: string, batchSize: number, kind: (typeof CASES)[number]): Promise<void> {
  const ceiling = await measure({ url: helloUrl, seconds: 4 });
  const runtime = await startRuntime();
  const { secretKey } = await createSite(runtime, "Ingest");
  const url = `${runtime.url}/v1/batch`;
  const isSdk = kind === "as Segment's SDK sends it";
  const authorization = isSdk ? `Basic ${btoa(`${secretKey}:`)}` : `Bearer ${secretKey}`;
  const headers = { authorization, "content-type": "application/json" };
  const make = () => {
    const batch = take(messages, batchSize);
    return JSON.stringify(isSdk ? asSegmentSdk(batch, secretKey) : { batch });
  };
  if (kind === "with segments and a campaign") await setUpShop(runtime.url, headers);
  const rowsWritten = await countRows(url, headers, batchSize);
  const before = await countStored(runtime);

  // Made before the clock starts: the load generator shares the machine's cores with the worker.
  const messages = traffic();
  const bodies = Array.from({ length: Math.ceil(((SECONDS + 1) * 40_000) / (batchSize + 20)) }, make);
  let next = 0;
  const body = () => bodies[next++] ?? make();
  const load = await measure({ url, method: "POST", headers, body, seconds: SECONDS, connections: 16 });
  const stored = (await countStored(runtime)) - before;
  report({
    bench: "ingest",
    case: kind,
    batchSize,
    eventsPerSecond: Math.round(load.requestsPerSecond * batchSize),
    ...load,
    rowsWrittenPerEvent: round(rowsWritten, 2),
    // What was in flight at the end may be stored as well; never less than what was acknowledged.
    acknowledged: load.acknowledged * batchSize,
    stored,
    helloRequestsPerSecond: ceiling.requestsPerSecond,
    shareOfHello: round(load.requestsPerSecond / ceiling.requestsPerSecond, 3),
  });
  await runtime.stop();
  if (stored < load.acknowledged * batchSize) throw new Error("fewer events are stored than were acknowledged");
}

const hello = await startHello();
for (const kind of CASES) {
  for (const batchSize of [1, 20, 100]) await benchCase(hello.url, batchSize, kind);
}
await hello.stop();
