/**
 * Visitors with tastes, for the demo, the tests and the benchmarks: the same seed is the same visitors and the same events.
 * A taste is a persona's kinds of products, styles and purse; co-visitation has something to learn because a session stays
 * within it. Makes Segment-shaped messages; sends nothing.
 */
import type { DemoItem } from "./catalog.ts";
import { PERSONAS, type Persona } from "./personas.ts";
import { pick, pickWeighted, randomFrom } from "./random.ts";

export interface SimulatedMessage {
  type: "track" | "page" | "identify";
  messageId: string;
  timestamp: string;
  anonymousId: string;
  userId?: string;
  event?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
}

interface SimulatedVisitor {
  anonymousId: string;
  /** Set for those who sign in, from their sign-in session on. */
  userId: string | undefined;
  name: string;
  email: string;
  persona: string;
}

interface Simulation {
  seed: number;
  visitors: number;
  /** Sessions lie within the last `days` before `now` (epoch ms). */
  days: number;
  now: number;
  catalog: DemoItem[];
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Share of visitors who have an account. */
const SIGN_IN_SHARE = 0.35;
/** Share of steps in a session that leave the kind of product just looked at. */
const WANDER_SHARE = 0.35;
/** Share of views that no taste explains. */
const NOISE_SHARE = 0.06;

/** All messages, visitor by visitor, each visitor's in order of time. */
export function* simulateVisitors(simulation: Simulation): Generator<SimulatedMessage> {
  const appeals = PERSONAS.map((persona) => simulation.catalog.map((item) => appeal(persona, item)));
  for (let index = 0; index < simulation.visitors; index++) yield* visit(simulation, index, appeals);
}

/** Who the visitors are, in the order of `simulateVisitors`. */
function simulatedVisitor(seed: number, index: number): SimulatedVisitor {
  const random = randomFrom(`visitor:${seed}:${index}`);
  const persona = PERSONAS[
    pickWeighted(
      random,
      PERSONAS.map((each) => each.share),
    )
  ] as Persona;
  const hasAccount = random() < SIGN_IN_SHARE;
  const name = pick(random, FAMILY) + pick(random, GIVEN);
  return {
    anonymousId: `sim-${seed}-${index}`,
    userId: hasAccount ? `member-${seed}-${index}` : undefined,
    name,
    email: `member-${index}@shop.example`,
    persona: persona.id,
  };
}

/** How much a persona is drawn to a product, over all of them: kind, style, and what it costs for its kind. */
function appeal(persona: Persona, item: DemoItem): number {
  if (item.availability !== "in_stock") return 0;
  const kind = persona.kinds[item.attributes.kind] ?? 0.02;
  const style = persona.styles.includes(item.attributes.style) ? 1 : 0.22;
  const purse = persona.purse === "sale" ? (item.listPrice ? 2.2 : 0.7) : 1;
  // Some things are simply liked more: a popularity of their own that everyone shares.
  const fame = 0.35 + randomFrom(`fame:${item.id}`)() ** 3 * 2.4;
  return kind * style * purse * fame;
}

function* visit(simulation: Simulation, index: number, appeals: number[][]): Generator<SimulatedMessage> {
  const { seed, days, now, catalog } = simulation;
  const visitor = simulatedVisitor(seed, index);
  const random = randomFrom(`behavior:${seed}:${index}`);
  const own = appeals[PERSONAS.findIndex((persona) => persona.id === visitor.persona)] ?? [];
  // No two people of a persona are alike: each likes some kinds of it more.
  const leaning = new Map<string, number>();
  for (const item of catalog)
    leaning.set(item.attributes.kind, 0.4 + 1.2 * randomFrom(`${visitor.anonymousId}:${item.attributes.kind}`)());
  const weights = own.map((weight, at) => weight * (leaning.get(catalog[at]?.attributes.kind ?? "") ?? 1));

  const sessions = 1 + Math.floor(-Math.log(1 - random()) * 2.2);
  const starts = Array.from({ length: Math.min(sessions, 12) }, () => startOf(random, days, now)).sort((a, b) => a - b);
  const signInAt = visitor.userId ? Math.floor(random() * starts.length) : Number.POSITIVE_INFINITY;
  let number = 0;
  let user: string | undefined;
  const owned = new Set<string>();
  for (const [session, start] of starts.entries()) {
    let at = start;
    const next = starts[session + 1] ?? now;
    const message = (fields: Pick<SimulatedMessage, "type"> & Partial<SimulatedMessage>): SimulatedMessage => ({
      messageId: `sim-${seed}-${index}-${number++}`,
      timestamp: new Date(at).toISOString(),
      anonymousId: visitor.anonymousId,
      ...(user ? { userId: user } : {}),
      ...fields,
    });
    const track = (event: string, properties: Record<string, unknown>) => message({ type: "track", event, properties });

    yield message({ type: "page", properties: { path: "/demo/", title: "Nunchi Shop" } });
    if (session === signInAt) {
      user = visitor.userId;
      at += 20_000;
      yield message({ type: "identify", traits: { name: visitor.name, email: visitor.email } });
    }
    const cart: DemoItem[] = [];
    let looked: DemoItem | undefined;
    const views = 2 + Math.floor(-Math.log(1 - random()) * 4);
    for (let view = 0; view < Math.min(views, 25); view++) {
      at += 8_000 + random() * 70_000;
      if (at >= next) break;
      const stays = looked && random() > WANDER_SHARE;
      const scope = weights.map((weight, place) => {
        const item = catalog[place];
        if (!item || owned.has(item.id)) return 0;
        return stays && item.attributes.kind !== looked?.attributes.kind ? 0 : weight;
      });
      const item = random() < NOISE_SHARE ? pick(random, catalog) : catalog[pickWeighted(random, scope)];
      if (!item) break;
      if (item.category !== looked?.category) yield track("category_viewed", { category: item.category });
      looked = item;
      yield track("product_viewed", about(item));
      const liking = (own[catalog.indexOf(item)] ?? 0) > 0.3 ? 1 : 0.4;
      if (random() < 0.12 * liking) yield track("product_added_to_wishlist", about(item));
      if (random() < 0.17 * liking && item.availability === "in_stock") {
        at += 9_000;
        cart.push(item);
        yield track("product_added_to_cart", { ...about(item), quantity: 1 });
      }
    }
    if (cart.length > 0 && random() < 0.45 && at + 120_000 < next) {
      at += 30_000;
      yield track("checkout_started", { products: cart.map(about), value: total(cart), currency: "KRW" });
      at += 60_000;
      yield track("product_purchased", {
        order_id: `order-${seed}-${index}-${session}`,
        products: cart.map((item) => ({ ...about(item), quantity: 1 })),
        revenue: total(cart),
        currency: "KRW",
      });
      for (const item of cart) owned.add(item.id);
    }
  }
}

function about(item: DemoItem): Record<string, unknown> {
  return { product_id: item.id, name: item.title, price: item.price, brand: item.brand, category: item.category };
}

function total(items: DemoItem[]): number {
  return items.reduce((sum, item) => sum + item.price, 0);
}

/** Later days are busier, and evenings in Seoul are busier than nights. */
function startOf(random: () => number, days: number, now: number): number {
  const hour = pickWeighted(random, SEOUL_HOURS);
  const day = Math.floor((now - random() ** 1.3 * days * DAY) / DAY) * DAY;
  const at = day + ((hour - 9 + 24) % 24) * HOUR + random() * HOUR;
  // Leaves room for a session before `now`, and stays within the window.
  return Math.max(now - days * DAY, Math.min(at, now - HOUR - random() * HOUR));
}

/** Share of a day's sessions by hour in Seoul. */
const SEOUL_HOURS = [4, 2, 1, 1, 1, 1, 2, 4, 6, 6, 7, 8, 9, 8, 7, 7, 7, 8, 9, 10, 12, 13, 11, 7];

const FAMILY = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"];
const GIVEN = ["서연", "민준", "지우", "하윤", "도윤", "수아", "지호", "예린", "시우", "유나", "현우", "다은"];
