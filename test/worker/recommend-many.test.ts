import { expect, it } from "vitest";
import type { Database, Statement } from "../../worker/deps.ts";
import { readHistories, readPast } from "../../worker/events/history.ts";
import { historyIn } from "../../worker/events/look-back.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { DAY } from "../../worker/lib/time.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { recommend } from "../../worker/recommend/recommend.ts";
import { type Recipient, recommendToMany } from "../../worker/recommend/recommend-many.ts";
import { RecommendationRequest } from "../../worker/recommend/schema.ts";
import { trainNow } from "../../worker/recommend/train.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import {
  EVERYTHING,
  embedAll,
  item,
  LIGHTING,
  OUTERWEAR,
  openShop,
  place,
  stock,
  visit,
} from "../support/worker/shop.ts";

async function recipients(h: Harness, names: string[]): Promise<Recipient[]> {
  const people = names.map((anonymousId) => {
    const profileId = profileIdOf(h.site.id, { anonymousId });
    return { profileId, histories: [profileId] };
  });
  const histories = await readHistories(h.deps, people, 0, 20);
  return people.map(({ profileId }) => ({ profileId, history: histories.get(profileId) ?? [] }));
}

/** Counts calls of a database: a batch is one. */
function counting(db: Database, calls: { count: number }): Database {
  const counted = <T>(work: T): T => {
    calls.count++;
    return work;
  };
  const inner = new WeakMap<Statement, Statement>();
  const wrap = (statement: Statement): Statement => {
    const wrapped: Statement = {
      bind: (...values) => wrap(statement.bind(...values)),
      all: () => counted(statement.all()),
      first: () => counted(statement.first()),
      run: () => counted(statement.run()),
    };
    inner.set(wrapped, statement);
    return wrapped;
  };
  return {
    prepare: (sql) => wrap(db.prepare(sql)),
    batch: (statements) => counted(db.batch(statements.map((each) => inner.get(each)!))),
  };
}

it("gives each person the list that they would get alone", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  await visit(h, { anonymousId: "coats" }, ["coat-1", "coat-2"]);
  await visit(h, { anonymousId: "lamps" }, [["Order Completed", "lamp-2"], "lamp-1"]);
  const people = await recipients(h, ["coats", "lamps", "nobody"]);
  const lists = await recommendToMany(h.deps, h.site, "home", people, 3);
  const of = (name: string) => lists.get(profileIdOf(h.site.id, { anonymousId: name }))!;
  for (const anonymousId of ["coats", "lamps", "nobody"]) {
    const request = RecommendationRequest.parse({ placement: "home", anonymousId, count: 3 });
    expect(of(anonymousId)).toEqual((await recommend(h.deps, h.site, request)).items);
  }
  expect(of("coats").every((each) => OUTERWEAR.includes(each.id))).toBe(true);
  expect(of("lamps").every((each) => LIGHTING.includes(each.id) && each.id !== "lamp-2")).toBe(true);
  expect(of("nobody")).toHaveLength(3);
});

it("looks as far back as for each alone, however much more it was given", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  const lists = (count: number) =>
    Array.from({ length: count }, (): [string, string] => ["recommendation_shown", "scarf-1"]);
  const looks = (count: number) => Array.from({ length: count }, (_, at) => `coat-${1 + (at % 2)}`);
  // What was left alone long ago is not left alone any more; and what pages and lists have crowded out still counts.
  await visit(h, { anonymousId: "steady" }, ["lamp-1", ...lists(8), ...looks(22)]);
  await visit(h, { anonymousId: "shown" }, [...looks(6), ...lists(30)]);
  await visit(h, { anonymousId: "old-phone" }, ["lamp-1", "coat-1"], h.clock.at - 3 * DAY);
  await visit(h, { anonymousId: "phone" }, [...looks(3), "lamp-2", ...looks(6)], h.clock.at - 2 * DAY);
  for (const anonymousId of ["old-phone", "phone"]) {
    await h.server("POST", "/v1/identify", { userId: "user", anonymousId });
    h.clock.at += 1000;
  }
  await visit(h, { userId: "user" }, ["lamp-3"]);
  const keys = [{ anonymousId: "steady" }, { anonymousId: "shown" }, { userId: "user" }];
  const people = await Promise.all(keys.map((key) => locatePerson(h.deps, h.site.id, key)));
  expect(people[2]?.histories).toHaveLength(3);
  const histories = await readHistories(h.deps, people, 0, 500);
  const asked = people.map((person) => ({ ...person, history: histories.get(person.profileId) ?? [] }));
  const found = await recommendToMany(h.deps, h.site, "home", asked, 6);
  for (const [place, key] of keys.entries()) {
    const request = RecommendationRequest.parse({ placement: "home", ...key, count: 6 });
    const { items } = await recommend(h.deps, h.site, request);
    expect([key, found.get(people[place]!.profileId)]).toEqual([key, items]);
    const { history } = await readPast(h.deps, h.site.id, key, 21, { days: 180, limit: 600 }, []);
    expect(historyIn(asked[place]!.history, people[place]!.histories, 21)).toEqual(history);
  }
});

it("leaves out what was bought before the history that it was given, and what is sold out now", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  await visit(h, { anonymousId: "buyer" }, [["Order Completed", "coat-2"]], h.clock.at - 10 * DAY);
  await visit(h, { anonymousId: "buyer" }, Array.from({ length: 25 }, () => ["coat-1", "coat-3"]).flat());
  await stock(h, [item("scarf-1", { availability: "out_of_stock" })]);
  const [buyer] = await recipients(h, ["buyer"]);
  const list = (await recommendToMany(h.deps, h.site, "home", [buyer!], 10)).get(buyer!.profileId)!;
  const ids = list.map((each) => each.id);
  expect([ids.includes("coat-2"), ids.includes("scarf-1"), ids.length]).toEqual([false, false, 8]);
});

it("knows what each has bought, however much another one buys", async () => {
  const h = await harness();
  await openShop(h);
  const shardOf = (anonymousId: string) => h.deps.shards.of(profileIdOf(h.site.id, { anonymousId })).index;
  const once = ["a", "b", "c", "d", "e", "f", "g"].find((name) => shardOf(name) === shardOf("heavy"))!;
  await visit(h, { anonymousId: once }, [["Order Completed", "coat-2"]], h.clock.at - 10 * DAY);
  await visit(
    h,
    { anonymousId: "heavy" },
    Array.from({ length: 900 }, () => ["Order Completed", "lamp-1"] as [string, string]),
  );
  const people = [once, "heavy"].map((anonymousId) => ({
    profileId: profileIdOf(h.site.id, { anonymousId }),
    history: [],
  }));
  h.deps.meter.read = 0;
  const lists = await recommendToMany(h.deps, h.site, "home", people, 50);
  expect([...lists.values()].map((list) => list.map(({ id }) => id).sort())).toEqual([
    EVERYTHING.filter((id) => id !== "coat-2").sort(),
    EVERYTHING.filter((id) => id !== "lamp-1").sort(),
  ]);
  // Of the heavy one's 900 orders the newest six hundred: in the index, and themselves.
  expect(h.deps.meter.read).toBeLessThan(1300);
});

it("asks what is described like more than the latest item of each, as for one", async () => {
  const h = await harness();
  await openShop(h);
  await stock(h, [
    item("lamp-new", { title: "책상 조명 9", titles: { en: "Desk lamp 9" }, category: "리빙 > 조명" }),
    item("scarf-new", { title: "캐시미어 머플러 9", titles: { en: "Cashmere scarf 9" }, category: "패션 > 머플러" }),
  ]);
  await trainNow(h.deps, h.site.id);
  await embedAll(h);
  await visit(h, { anonymousId: "both" }, ["lamp-new", "coat-1"]);
  await visit(h, { anonymousId: "new" }, ["lamp-new", "scarf-new"]);
  const people = await recipients(h, ["both", "new"]);
  const lists = await recommendToMany(h.deps, h.site, "home", people, 6);
  for (const anonymousId of ["both", "new"]) {
    const request = RecommendationRequest.parse({ placement: "home", anonymousId, count: 6 });
    const alone = (await recommend(h.deps, h.site, request)).items;
    expect(lists.get(profileIdOf(h.site.id, { anonymousId }))).toEqual(alone);
    expect(alone.some(({ source, reason }) => source === "similar" && reason.includes("책상 조명 9"))).toBe(true);
  }
});

it("asks the vector index a bounded number of times, for what has most to say", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  const names = Array.from({ length: 200 }, (_, number) => `wide-${number}`);
  const people = names.map((anonymousId, number) => {
    const profileId = profileIdOf(h.site.id, { anonymousId });
    const seen = ["often", `seen-${number}`, `${number}-seen`];
    const history = seen.map((itemId) => ({
      profileId,
      at: h.clock.at,
      messageId: itemId,
      name: "product_viewed",
      itemId,
      properties: { product_id: itemId },
    }));
    return { profileId, history };
  });
  const asked: string[] = [];
  const nearItem = async (_: string, id: string) => {
    asked.push(id);
    return [];
  };
  await recommendToMany({ ...h.deps, vectors: { ...h.deps.vectors, nearItem } }, h.site, "home", people, 3);
  expect(asked).toContain("often");
  expect(asked.length).toBe(120);
});

it("needs a handful of statements for 200 people", async () => {
  const h = await harness();
  await openShop(h);
  await trainNow(h.deps, h.site.id);
  const names = Array.from({ length: 200 }, (_, i) => `many-${i}`);
  for (const [place, anonymousId] of names.entries()) {
    if (place % 4 === 0) await visit(h, { anonymousId }, [EVERYTHING[place % 10]!]);
  }
  const people = await recipients(h, names);
  const calls = { count: 0 };
  const shards = h.deps.shards.all().map(({ index, db }) => ({ index, db: counting(db, calls) }));
  const deps = {
    ...h.deps,
    control: counting(h.deps.control, calls),
    shards: { ...h.deps.shards, all: () => shards, of: (id: string) => shards[h.deps.shards.of(id).index]! },
  };
  await place(h, "mail", { count: 4 });
  const lists = await recommendToMany(deps, h.site, "mail", people, 4);
  expect([...lists.values()].map((list) => list.length)).toEqual(names.map(() => 4));
  expect(calls.count).toBeLessThanOrEqual(10);
});

it("answers with empty lists when nothing is servable, and refuses an unknown placement by name", async () => {
  const h = await harness();
  await place(h);
  const people = await recipients(h, ["a", "b"]);
  const lists = await recommendToMany(h.deps, h.site, "home", people, 3);
  expect([...lists.values()]).toEqual([[], []]);
  expect(await recommendToMany(h.deps, h.site, "home", [], 3)).toEqual(new Map());
  await expect(recommendToMany(h.deps, h.site, "mail", people, 3)).rejects.toThrow('"mail"');
});

it("leaves out what the person bought in a linked browser", async () => {
  const h = await harness();
  await openShop(h);
  await visit(h, { anonymousId: "phone" }, [["Order Completed", "coat-2"]], h.clock.at - 10 * DAY);
  const [profileId, phone] = [{ userId: "minji" }, { anonymousId: "phone" }].map((key) => profileIdOf(h.site.id, key));
  const person = { profileId: profileId!, history: [] };
  const listed = async (recipient: Recipient) =>
    (await recommendToMany(h.deps, h.site, "home", [recipient], 50)).get(profileId!)!.map((each) => each.id);
  expect(await listed(person)).toContain("coat-2");
  expect(await listed({ ...person, histories: [profileId!, phone!] })).not.toContain("coat-2");
});
