/**
 * `npm run bench:serve`: recommendations over HTTP from the demo's catalog, 45 days of its visitors and a model trained on
 * them. Visitors and items change from request to request; the isolate is warm, as it is on a busy site, and another than the
 * one that trained. Rows are counted twice: when somebody is asked for the first time, and from then on.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { demoPlacements } from "../../widget/demo/definitions.ts";
import { type SimulatedMessage, simulateVisitors } from "../../widget/demo/simulator.ts";
import {
  buildWorker,
  createSite,
  type Load,
  type Measured,
  measure,
  report,
  round,
  startHello,
  startRuntime,
} from "./runtime.ts";

/** Hello and a case take turns, and the middle one of the rounds counts: what else a machine does changes within a minute. */
const ROUNDS = 5;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
/**
 * Of each case, once. The runtime's own worker in front of ours has a young generation that grows over some ten
 * thousand requests; before that its collections meet more than one request in a hundred, and make p99 of what they do not.
 */
const WARM_UP_SECONDS = 20;
const VISITORS = 900;
/** Requests whose rows are counted, one after the other. */
const COUNTED = 300;

const catalog = demoCatalog("http://shop.test");
const messages: SimulatedMessage[] = [
  ...simulateVisitors({ seed: 20260, visitors: VISITORS, days: 45, now: Date.now(), catalog }),
];
/** Everybody as their pages name them: signed in, or by their browser. */
const people = new Map<string, Record<string, string>>();
for (const { anonymousId, userId } of messages) people.set(anonymousId, userId ? { userId } : { anonymousId });
const everybody = [...people.values()];

const hello = await startHello();
const folder = mkdtempSync(join(tmpdir(), "nunchi-serve-"));
const bundle = mkdtempSync(join(tmpdir(), "nunchi-bundle-"));
buildWorker(bundle);
const options = { folder, bundle, vars: { APP_SECRET: randomBytes(32).toString("base64url") } };
let runtime = await startRuntime(options);
const { secretKey } = await createSite(runtime, "Serve");
const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${runtime.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

for (let start = 0; start < catalog.length; start += 200) {
  await call("POST", "/v1/items/batch", { items: catalog.slice(start, start + 200) });
}
for (const { id, ...placement } of demoPlacements) await call("PUT", `/v1/placements/${id}`, placement);
for (let start = 0; start < messages.length; start += 500) {
  await call("POST", "/v1/import/events", { batch: messages.slice(start, start + 500) });
}
const trainingBegan = Date.now();
await call("POST", "/v1/models");
let model: { state: string; metrics: unknown } | undefined;
while (model === undefined || model.state === "building") {
  await new Promise((resolve) => setTimeout(resolve, 200));
  model = ((await call("GET", "/v1/models")) as { models: { state: string; metrics: unknown }[] }).models[0];
}
report({
  bench: "serve",
  case: "training",
  items: catalog.length,
  events: messages.length,
  seconds: round((Date.now() - trainingBegan) / 1000),
  ...model,
});

// Another isolate serves than the one that has trained, as it is where there are many.
await runtime.stop();
runtime = await startRuntime(options);

let turn = 0;
let sent = 0;
const person = () => everybody[turn++ % everybody.length] ?? {};
const product = () => catalog[(turn * 7) % catalog.length]?.id as string;
const ask = (body: () => object): Load => ({
  url: `${runtime.url}/v1/recommendations`,
  method: "POST",
  headers,
  body: () => JSON.stringify(body()),
});

const cases: Record<string, Load> = {
  // What one read of a few rows costs in this runtime: a list that read anything could not be faster.
  "reference: one D1 read": { url: `${runtime.url}/v1/placements`, headers: { authorization: headers.authorization } },
  "known visitor, first page": ask(() => ({ placement: "home", ...person() })),
  "known visitor, product page": ask(() => ({ placement: "product", ...person(), itemId: product() })),
  "known visitor, HTML fragment": {
    url: `${runtime.url}/v1/widgets/recommendations`,
    headers: { authorization: headers.authorization },
    path: () => `/v1/widgets/recommendations?${new URLSearchParams({ placement: "home", ...person() })}`,
  },
  stranger: ask(() => ({ placement: "home", anonymousId: `stranger-${turn++}` })),
  // Every second call is an event of the visitor whom the next one is for.
  "known visitor who has just done something": {
    url: runtime.url,
    method: "POST",
    headers,
    path: () => (sent % 2 === 1 ? "/v1/track" : "/v1/recommendations"),
    body: () => {
      const isEvent = sent++ % 2 === 0;
      const said = { event: "product_viewed", messageId: `bench-${sent}`, properties: { item_id: product() } };
      return JSON.stringify(
        isEvent ? { ...person(), ...said } : { placement: "home", ...everybody[(turn - 1) % everybody.length] },
      );
    },
  },
  // Those events have filled everybody's history: as much as is ever looked at, all of this visit.
  "known visitor in a long visit, first page": ask(() => ({ placement: "home", ...person() })),
};

/** Rows that the worker says it read (X-Rows, in the demo only), and how many items and of what level the answers were. */
async function look(load: Load): Promise<Record<string, unknown>> {
  let rows = 0;
  let most = 0;
  let items = 0;
  const levels: Record<string, number> = {};
  for (let request = 0; request < COUNTED; request++) {
    // The body first, as under load: it may decide what is asked next.
    const body = typeof load.body === "function" ? { body: load.body() } : {};
    const answer = await fetch(load.path ? `${runtime.url}${load.path()}` : load.url, {
      method: load.method ?? "GET",
      headers: { ...load.headers, "x-rows": "1" },
      ...body,
    });
    const read = Number(/read=(\d+)/.exec(answer.headers.get("x-rows") ?? "")?.[1]);
    rows += read;
    most = Math.max(most, read);
    const text = await answer.text();
    const level = /(?:"fallbackLevel":|data-fallback=)"(\w+)"/.exec(text)?.[1] ?? "none";
    levels[level] = (levels[level] ?? 0) + 1;
    items += text.split(/"source":|data-item-id=/).length - 1;
  }
  return {
    rowsReadPerRequest: round(rows / COUNTED),
    rowsReadMost: most,
    itemsPerAnswer: round(items / COUNTED),
    levels,
  };
}

const middle = (values: number[]) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

for (const [name, load] of Object.entries(cases)) {
  const began = turn;
  const first = await look(load);
  turn = began;
  const seen = await look(load);
  const [ceilings, rounds]: [Measured[], Measured[]] = [[], []];
  for (let done = 0; done < ROUNDS; done++) {
    ceilings.push(await measure({ url: hello.url, seconds: SECONDS }));
    rounds.push(await measure({ ...load, seconds: SECONDS, warmUpSeconds: done === 0 ? WARM_UP_SECONDS : 1 }));
  }
  const ratios = (of: (measured: Measured) => number) =>
    rounds.map((own, place) => of(own) / of(ceilings[place] as Measured));
  report({
    bench: "serve",
    case: name,
    requestsPerSecond: middle(rounds.map((each) => each.requestsPerSecond)),
    p50Ms: middle(rounds.map((each) => each.p50Ms)),
    p99Ms: middle(rounds.map((each) => each.p99Ms)),
    ...seen,
    rowsReadPerFirstRequest: first.rowsReadPerRequest,
    rowsReadMostAtFirst: first.rowsReadMost,
    helloRequestsPerSecond: middle(ceilings.map((each) => each.requestsPerSecond)),
    helloP99Ms: middle(ceilings.map((each) => each.p99Ms)),
    shareOfHello: round(middle(ratios((each) => each.requestsPerSecond)), 3),
    sharesOfHello: ratios((each) => each.requestsPerSecond).map((share) => round(share, 3)),
    p99OfHello: round(middle(ratios((each) => each.p99Ms))),
  });
}
await runtime.stop();
await hello.stop();
for (const each of [folder, bundle]) rmSync(each, { recursive: true, force: true });
