/**
 * `npm run bench:campaign`: the demo shop's cart campaign from due to outbox, for many people at once: claim, history, rules,
 * consent, caps, a recommended product from the trained model, words, gate, storage, delivery, confirmation. The clock runs
 * from the cron tick to the last confirmed message, the queue's own delay included.
 */
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { demoCampaign, demoPlacements } from "../../widget/demo/definitions.ts";
import { simulateVisitors } from "../../widget/demo/simulator.ts";
import { cpuSeconds, createSite, measure, report, round, startHello, startRuntime } from "./runtime.ts";

const PEOPLE = Number(process.env.BENCH_PEOPLE ?? 10_000);
const MINUTE = 60_000;
const SHARDS = ["USERS_0", "USERS_1"] as const;

const catalog = demoCatalog("http://shop.test");
const hello = await startHello();
const ceiling = await measure({ url: hello.url, seconds: 4 });
await hello.stop();
const runtime = await startRuntime();
const { secretKey } = await createSite(runtime, "Campaign");

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${runtime.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}

async function onShards<T>(sql: string, ...values: unknown[]): Promise<T[]> {
  const parts = await Promise.all(
    SHARDS.map(async (binding) => (await runtime.database(binding)).all<T>(sql, ...values)),
  );
  return parts.flat();
}

async function count(sql: string, ...values: unknown[]): Promise<number> {
  return (await onShards<{ n: number }>(sql, ...values)).reduce((total, row) => total + row.n, 0);
}

async function train(): Promise<void> {
  const past = [...simulateVisitors({ seed: 20260, visitors: 900, days: 45, now: Date.now(), catalog })];
  for (let start = 0; start < past.length; start += 500) {
    await call("POST", "/v1/import/events", { batch: past.slice(start, start + 500) });
  }
  await call("POST", "/v1/models");
  for (let state = "building"; state === "building"; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    state = ((await call("GET", "/v1/models")) as { models: { state: string }[] }).models[0]?.state ?? "building";
  }
}

/** Seven views and a cart within the last hour each; buyers also bought. */
async function visit(group: string, isBuyer: (person: number) => boolean): Promise<void> {
  const now = Date.now();
  let batch: object[] = [];
  const flush = async () => {
    if (batch.length > 0) await call("POST", "/v1/batch", { batch });
    batch = [];
  };
  for (let person = 0; person < PEOPLE; person++) {
    const does = (event: string, step: number) => {
      const item = catalog[(person * 7 + step * 13) % catalog.length];
      batch.push({
        type: "track",
        event,
        messageId: `${group}-${person}-${step}`,
        userId: `${group}-${person}`,
        timestamp: new Date(now - (60 - step * 5) * MINUTE).toISOString(),
        properties: { product_id: item?.id, price: item?.price },
      });
    };
    for (let step = 0; step < 7; step++) does("product_viewed", step);
    does("product_added_to_cart", 7);
    if (isBuyer(person)) does("product_purchased", 8);
    if (batch.length >= 900) await flush();
  }
  await flush();
}

/** Everybody agreed to push, at night too: the benchmark runs at any hour. */
async function agree(): Promise<void> {
  await onShards(
    `INSERT OR IGNORE INTO consents (profile_id, at, id, channel, purpose, granted, night, source)
     SELECT profile_id, ?1, 'bench', 'web_push', 'marketing', 1, 1, 'bench' FROM profiles WHERE user_id IS NOT NULL`,
    Date.now(),
  );
}

async function run(group: string, isBuyer: (person: number) => boolean): Promise<void> {
  const definition = {
    ...demoCampaign.definition,
    trigger: { kind: "event", events: ["product_added_to_cart"] },
    delaySeconds: 60,
    holdoutPercent: 0,
  };
  await call("PUT", `/v1/campaigns/${group}`, { name: group, definition });
  await call("POST", `/v1/campaigns/${group}/launch`);
  await visit(group, isBuyer);
  await agree();
  const due = await count("SELECT count(*) AS n FROM runs WHERE campaign_id = ?1 AND state = 'waiting'", group);
  if (due !== PEOPLE) throw new Error(`${due} of ${PEOPLE} people are due`);

  const cpuBefore = cpuSeconds();
  const began = Date.now();
  await runtime.cron("* * * * *");
  for (;;) {
    const open = await count(
      `SELECT EXISTS (SELECT 1 FROM runs INDEXED BY runs_due WHERE state = 'waiting')
         + EXISTS (SELECT 1 FROM messages INDEXED BY messages_unconfirmed WHERE state = 'accepted') AS n`,
    );
    if (open === 0) break;
    if (Date.now() - began > 300_000) throw new Error("still not done after five minutes");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const seconds = (Date.now() - began) / 1000;
  const cpuAfter = cpuSeconds();
  const cpu = cpuBefore === undefined || cpuAfter === undefined ? null : cpuAfter - cpuBefore;
  const messages = await count("SELECT count(*) AS n FROM messages WHERE campaign_id = ?1 AND state = 'sent'", group);
  const [first] = await onShards<{ at: number }>(
    "SELECT min(created_at) AS at FROM messages WHERE campaign_id = ?1",
    group,
  );
  const expected = Array.from({ length: PEOPLE }, (_, person) => person).filter((person) => !isBuyer(person)).length;
  if (messages !== expected) throw new Error(`${messages} messages were sent instead of ${expected}`);
  report({
    bench: "campaign",
    case: group,
    people: PEOPLE,
    messages,
    seconds: round(seconds, 2),
    secondsToFirstMessage: first ? round((first.at - began) / 1000, 2) : null,
    peopleEvaluatedPerSecond: Math.round(PEOPLE / seconds),
    messagesPerSecond: Math.round(messages / seconds),
    cpuMsPerPerson: cpu === null ? null : round((cpu * 1000) / PEOPLE, 3),
    helloRequestsPerSecond: ceiling.requestsPerSecond,
  });
  await call("POST", `/v1/campaigns/${group}/pause`);
}

for (let start = 0; start < catalog.length; start += 200) {
  await call("POST", "/v1/items/batch", { items: catalog.slice(start, start + 200) });
}
for (const { id, ...placement } of demoPlacements) await call("PUT", `/v1/placements/${id}`, placement);
await train();
// Nine in ten bought meanwhile and are left out by the rules; then everybody gets a message.
await run("evaluate", (person) => person % 10 !== 0);
await run("send", () => false);
await runtime.stop();
