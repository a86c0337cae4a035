/** Campaigns that a change of the catalog starts: who is told, of what, once, and whether it still holds when it is sent. */
import { describe, expect, it } from "vitest";
import { launchCampaign, pauseCampaign, putCampaign } from "../../worker/campaigns/campaigns.ts";
import { matchChanges } from "../../worker/campaigns/match.ts";
import { previewCampaign } from "../../worker/campaigns/preview.ts";
import { CampaignDefinition } from "../../worker/campaigns/schema.ts";
import type { Deps } from "../../worker/deps.ts";
import { CATALOG_STARTER } from "../../worker/http/admin/campaign-form.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { HOUR, MINUTE } from "../../worker/lib/time.ts";
import { act, agree, messagesOf, runsOf } from "../support/worker/campaign.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { item, stock } from "../support/worker/shop.ts";
import { staffOf } from "../support/worker/staff.ts";

const coat = (fields: object = {}) =>
  item("coat-1", { title: "울 코트", titles: { en: "Wool coat" }, brand: "하늘", category: "여성 > 코트", ...fields });
const scarf = (fields: object = {}) =>
  item("scarf-1", { title: "머플러", brand: "하늘", category: "여성 > 소품", ...fields });
const lamp = (fields: object = {}) =>
  item("lamp-1", { title: "조명", brand: "온", category: "리빙 > 조명", ...fields });

const DROP = {
  trigger: { kind: "catalog", change: "price_dropped", minPercent: 10, interest: {} },
  delaySeconds: 0,
  channel: "web_push",
  link: { kind: "triggered" },
  message: {
    ko: {
      title: '{{ item.product_name | josa: "이/가" }} {{ item.percent }}% 내렸어요',
      body: "{{ item.previous_price }} → {{ item.product_price }}",
    },
  },
};

async function open(changes: object = {}, trigger: object = {}): Promise<Harness> {
  const h = await harness();
  await stock(h, [coat(), scarf(), lamp()]);
  // The catalog is no longer new, and what was there is no news.
  h.clock.at += 2 * 24 * HOUR;
  const definition = CampaignDefinition.parse({ ...DROP, ...changes, trigger: { ...DROP.trigger, ...trigger } });
  await putCampaign(h.deps, h.site, "drop", { name: "drop", definition });
  await launchCampaign(h.deps, h.site, "drop");
  h.jobs.length = 0;
  return h;
}

/** Somebody who agreed to web push and did something with an item. */
async function fan(h: Harness, userId: string, event = "product_viewed", itemId = "coat-1"): Promise<void> {
  await act(h, { userId }, event, itemId);
  await agree(h, { userId });
}

/** The clock's jobs of a minute of this site, until the queue is empty. */
async function minute(h: Harness, deps: Deps = h.deps): Promise<void> {
  h.clock.at += MINUTE;
  h.jobs.length = 0;
  await sendDuties(h.deps, "* * * * *");
  const isOurs = (job: Job) => !("siteId" in job) || job.siteId === h.site.id;
  while (h.jobs.length > 0) {
    const job = h.jobs.shift() as Job;
    if (isOurs(job)) await run(deps, job);
  }
}

const titles = async (h: Harness, userId: string) =>
  (await messagesOf(h, { userId })).map(({ state, reason, content }) => content?.title ?? `${state}: ${reason}`);

describe("a price drop", () => {
  it("is told, with the old and the new price, to who was interested, and to nobody else", async () => {
    const h = await open();
    await fan(h, "minji");
    await fan(h, "seojun", "product_added_to_cart");
    await fan(h, "other", "product_viewed", "lamp-1");
    await fan(h, "searcher", "product_searched");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    const [message] = await messagesOf(h, { userId: "minji" });
    expect(message?.content).toMatchObject({
      title: "(광고) 울 코트가 20% 내렸어요",
      body: expect.stringContaining("10,000원 → 8,000원"),
    });
    expect(message?.itemId).toBe("coat-1");
    expect(await titles(h, "seojun")).toHaveLength(1);
    expect(await titles(h, "other")).toEqual([]);
    expect(await titles(h, "searcher")).toEqual([]);
  });

  it("is told once, however often the jobs run, and again for the next drop a day later", async () => {
    const h = await open();
    await fan(h, "minji");
    await stock(h, [coat({ price: 8000 })]);
    for (let times = 0; times < 3; times++) await minute(h);
    expect(await titles(h, "minji")).toHaveLength(1);
    await stock(h, [coat({ price: 7000 })]);
    await minute(h);
    expect(await titles(h, "minji")).toHaveLength(1);
    h.clock.at += 24 * HOUR;
    await stock(h, [coat({ price: 6000 })]);
    await minute(h);
    expect((await titles(h, "minji")).sort()).toEqual([
      "(광고) 울 코트가 14.3% 내렸어요",
      "(광고) 울 코트가 20% 내렸어요",
    ]);
  });

  it.each<[string, object, object]>([
    ["too small a drop", { price: 9500 }, {}],
    ["a rise", { price: 12000 }, {}],
    ["an item of another brand", { price: 8000 }, { brands: ["온"] }],
    ["an item of another category", { price: 8000 }, { categories: ["리빙"] }],
  ])("is silent about %s", async (_, change, trigger) => {
    const h = await open({}, trigger);
    await fan(h, "minji");
    await stock(h, [coat(change)]);
    await minute(h);
    expect(await runsOf(h, { userId: "minji" })).toEqual([]);
  });

  it("means a category with everything below it", async () => {
    const h = await open({}, { categories: ["여성"] });
    await fan(h, "minji");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    expect(await titles(h, "minji")).toHaveLength(1);
  });

  it("leaves out who has bought it, and who was interested too long ago", async () => {
    const h = await open({}, { interest: { withinSeconds: 7 * 24 * 3600 } });
    await fan(h, "early");
    h.clock.at += 8 * 24 * HOUR;
    await fan(h, "buyer");
    await act(h, { userId: "buyer" }, "product_purchased", "coat-1");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    expect(await runsOf(h, { userId: "early" })).toEqual([]);
    expect(await runsOf(h, { userId: "buyer" })).toEqual(["drop: excluded"]);
  });

  it("is not told when the price is up again, the item sold out, or they saw that price already", async () => {
    const h = await open({ delaySeconds: 3600 });
    await fan(h, "minji");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    await stock(h, [coat({ price: 9900 })]);
    h.clock.at += HOUR;
    await minute(h);
    expect(await titles(h, "minji")).toEqual(["skipped: no_longer_true"]);

    h.clock.at += 24 * HOUR;
    await stock(h, [coat({ price: 5000 })]);
    await minute(h);
    await stock(h, [coat({ price: 5000, availability: "out_of_stock" })]);
    h.clock.at += HOUR;
    await minute(h);
    expect((await titles(h, "minji")).sort()).toEqual(["skipped: no_longer_true", "skipped: product_unavailable"]);

    h.clock.at += 24 * HOUR;
    await stock(h, [lamp({ price: 8000 })]);
    await act(h, { userId: "late" }, "product_viewed", "lamp-1");
    await agree(h, { userId: "late" });
    const cheaper = { properties: { product_id: "lamp-1", price: 7000 }, userId: "late" };
    await h.server("POST", "/v1/batch", {
      batch: [{ type: "track", event: "product_viewed", messageId: "seen-lower", ...cheaper }],
    });
    await minute(h);
    h.clock.at += HOUR;
    await minute(h);
    expect(await titles(h, "late")).toEqual(["skipped: no_longer_true"]);
  });

  it("is told to the user when it was the browser that looked", async () => {
    const h = await open();
    await act(h, { anonymousId: "laptop" }, "product_viewed", "coat-1");
    await h.server("POST", "/v1/identify", { userId: "minji", anonymousId: "laptop", traits: {} });
    await agree(h, { userId: "minji" });
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    await minute(h);
    expect(await titles(h, "minji")).toEqual(["(광고) 울 코트가 20% 내렸어요"]);
  });

  it("passes the gate like any message", async () => {
    const h = await open();
    await act(h, { userId: "silent" }, "product_viewed", "coat-1");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    expect(await titles(h, "silent")).toEqual(["skipped: no_consent"]);
  });

  it("tells nothing of what was before the launch, nor while it is paused", async () => {
    const h = await open();
    await pauseCampaign(h.deps, h.site.id, "drop");
    await fan(h, "minji");
    await stock(h, [coat({ price: 8000 })]);
    await minute(h);
    h.clock.at += MINUTE;
    await launchCampaign(h.deps, h.site, "drop");
    await minute(h);
    expect(await runsOf(h, { userId: "minji" })).toEqual([]);
  });
});

describe("what else people wait for", () => {
  const words = { message: { ko: { title: "{{ item.product_name }}", body: "{{ item.product_price }}" } } };

  it("is back in stock", async () => {
    const h = await open(words, { change: "back_in_stock" });
    await stock(h, [coat({ availability: "out_of_stock" })]);
    await fan(h, "minji", "product_added_to_wishlist");
    await minute(h);
    expect(await titles(h, "minji")).toEqual([]);
    await stock(h, [coat()]);
    await minute(h);
    expect(await titles(h, "minji")).toEqual(["(광고) 울 코트"]);
  });

  it("is nearly gone, while it is", async () => {
    const message = { ko: { title: "{{ item.stock }}개 남은 {{ item.product_name }}", body: "b" } };
    const h = await open({ message }, { change: "low_stock" });
    await stock(h, [coat({ quantity: 40 })]);
    await fan(h, "minji");
    await stock(h, [coat({ quantity: 3 })]);
    await minute(h);
    expect(await titles(h, "minji")).toEqual(["(광고) 3개 남은 울 코트"]);
  });

  it("is new in a category or of a brand that they like", async () => {
    for (const by of ["category", "brand"] as const) {
      const h = await open(words, { change: "item_added", interest: { in: by } });
      await fan(h, "minji");
      await fan(h, "other", "product_viewed", "lamp-1");
      await stock(h, [
        item("coat-9", {
          title: "새 코트",
          brand: by === "brand" ? "하늘" : "새것",
          category: by === "brand" ? "기타" : "여성 > 코트",
        }),
      ]);
      await minute(h);
      expect(await titles(h, "minji"), by).toEqual(["(광고) 새 코트"]);
      expect(await titles(h, "other"), by).toEqual([]);
    }
  });

  it("is one message about the item of the latest interest when several changed", async () => {
    const h = await open();
    await fan(h, "minji");
    h.clock.at += MINUTE;
    await act(h, { userId: "minji" }, "product_viewed", "scarf-1");
    await stock(h, [coat({ price: 5000 }), scarf({ price: 8000 })]);
    await minute(h);
    expect(await titles(h, "minji")).toEqual(["(광고) 머플러가 20% 내렸어요"]);
  });
});

describe("the pass over people", () => {
  it("goes on where a killed worker was, tells everybody once, and meets people in slices", async () => {
    const h = await open();
    const people = Array.from({ length: 30 }, (_, index) => `fan-${index}`);
    for (const userId of people) await fan(h, userId);
    await stock(h, [coat({ price: 8000 })]);
    h.clock.at += MINUTE;
    // Every third batch of a shard fails, as if the worker was killed there.
    let batches = 0;
    const shards = h.deps.shards.all().map((shard) => ({
      ...shard,
      db: {
        prepare: (sql: string) => shard.db.prepare(sql),
        batch: async (statements: Parameters<typeof shard.db.batch>[0]) => {
          if (++batches % 3 === 0) throw new Error("killed");
          return shard.db.batch(statements);
        },
      },
    })) as ReturnType<Deps["shards"]["all"]>;
    const fragile: Deps = { ...h.deps, shards: { ...h.deps.shards, all: () => shards, at: (index) => shards[index]! } };
    let killed = 0;
    for (let times = 0; times < 12; times++) {
      for (const { index } of shards) {
        await matchChanges(fragile, { siteId: h.site.id, shard: index }, 5).catch(() => killed++);
      }
      // Past the lease of the one that was killed.
      h.clock.at += 6 * MINUTE;
    }
    const runs = await Promise.all(people.map((userId) => runsOf(h, { userId })));
    expect(runs.map((each) => each.length)).toEqual(people.map(() => 1));
    expect(killed).toBeGreaterThan(2);
  });

  it("leaves a shard to the worker that is at it", async () => {
    const h = await open();
    await fan(h, "minji");
    await stock(h, [coat({ price: 8000 })]);
    const lease = "INSERT INTO catalog_watches (site_id, cursor, size, place, lease_until) VALUES (?1, '', 0, '', ?2)";
    for (const { db } of h.deps.shards.all())
      await db
        .prepare(lease)
        .bind(h.site.id, h.clock.at + HOUR)
        .run();
    await minute(h);
    expect(await runsOf(h, { userId: "minji" })).toEqual([]);
    h.clock.at += HOUR;
    await minute(h);
    expect(await titles(h, "minji")).toHaveLength(1);
  });

  it("sends no job where no campaign waits for the catalog", async () => {
    const h = await harness();
    await sendDuties(h.deps, "* * * * *");
    expect((h.jobs as Job[]).filter((job) => job.kind === "match-changes" && job.siteId === h.site.id)).toEqual([]);
  });
});

describe("before it starts", () => {
  it("previews the message as if it had just happened to the item they looked at last", async () => {
    const h = await open();
    await fan(h, "minji");
    const definition = CampaignDefinition.parse(DROP);
    const preview = await previewCampaign(h.deps, h.site, { id: "drop", definition }, { userId: "minji" });
    expect(preview).toMatchObject({
      fit: "fits",
      itemId: "coat-1",
      content: { title: "(광고) 울 코트가 20% 내렸어요" },
    });
    const stranger = await previewCampaign(h.deps, h.site, { id: "drop", definition }, { userId: "stranger" });
    expect(stranger.problem).toEqual({ reason: "product_unavailable", detail: null });
  });

  it("can be launched as the editor begins it", async () => {
    const h = await open();
    await putCampaign(h.deps, h.site, "starter", { name: "starter", definition: CATALOG_STARTER });
    expect((await launchCampaign(h.deps, h.site, "starter")).state).toBe("running");
    const staff = await staffOf(h);
    const page = await (await staff.get(`/admin/${h.site.id}/campaigns/new?start=catalog`)).text();
    expect(page).toContain('<option value="catalog" selected');
    expect(page).toContain("item.percent");
  });

  it("refuses a new item that somebody should have seen, and {{ item }} where an event starts it", async () => {
    const h = await open();
    const bad = { ...DROP, trigger: { ...DROP.trigger, change: "item_added" } };
    const answer = await h.server("PUT", "/v1/campaigns/new", { name: "new", definition: bad });
    expect(answer.status).toBe(400);
    const { error } = (await answer.json()) as { error: { issues: { path: string }[] } };
    expect(error.issues.map(({ path }) => path)).toEqual(["definition.trigger.interest.in"]);
    const event = { ...DROP, trigger: { kind: "event", events: ["product_viewed"] } };
    await h.server("PUT", "/v1/campaigns/event", { name: "event", definition: event });
    const launch = await h.server("POST", "/v1/campaigns/event/launch");
    expect([launch.status, await launch.text()]).toEqual([422, expect.stringContaining("unknown variable item")]);
  });
});
