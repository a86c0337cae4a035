import { describe, expect, it } from "vitest";
import { demoCatalog } from "../../widget/demo/catalog.ts";
import { pictureOf } from "../../widget/demo/picture.ts";
import { type SimulatedMessage, simulateVisitors } from "../../widget/demo/simulator.ts";

const NOW = Date.parse("2026-03-10T12:00:00+09:00");
const catalog = demoCatalog("https://shop.test");
const simulate = (seed: number, visitors = 120): SimulatedMessage[] => [
  ...simulateVisitors({ seed, visitors, days: 30, now: NOW, catalog }),
];

describe("the demo's catalog", () => {
  it("has enough products, all different, and is the same every time", () => {
    expect(catalog.length).toBeGreaterThanOrEqual(240);
    expect(new Set(catalog.map((item) => item.id)).size).toBe(catalog.length);
    expect(new Set(catalog.map((item) => item.titles.en)).size).toBe(catalog.length);
    expect(demoCatalog("https://shop.test")).toEqual(catalog);
  });

  it("sells some things at a reduced price and most at the full one", () => {
    const onSale = catalog.filter((item) => item.listPrice !== undefined);
    expect(onSale.length / catalog.length).toBeGreaterThan(0.1);
    expect(onSale.length / catalog.length).toBeLessThan(0.4);
    for (const item of onSale) expect(item.price).toBeLessThan(item.listPrice ?? 0);
    for (const item of catalog) expect(Number.isInteger(item.price) && item.price > 0).toBe(true);
  });

  it("draws every product as well-formed SVG without anything fetched or run", () => {
    const parser = new DOMParser();
    for (const item of catalog) {
      const picture = pictureOf(item);
      const svg = parser.parseFromString(picture, "image/svg+xml");
      expect(svg.documentElement.tagName).toBe("svg");
      expect(picture).not.toMatch(/NaN|undefined|<script|href=/);
    }
  });
});

describe("the simulator", () => {
  it("makes the same visitors for a seed, and others for another", () => {
    expect(simulate(7)).toEqual(simulate(7));
    expect(simulate(8)).not.toEqual(simulate(7));
  });

  it("keeps every event in the window, in order, with an id of its own", () => {
    const messages = simulate(7);
    const last = new Map<string, number>();
    for (const message of messages) {
      const at = Date.parse(message.timestamp);
      expect(at).toBeLessThanOrEqual(NOW);
      expect(at).toBeGreaterThanOrEqual(NOW - 30 * 86_400_000);
      expect(at).toBeGreaterThanOrEqual(last.get(message.anonymousId) ?? 0);
      last.set(message.anonymousId, at);
    }
    expect(new Set(messages.map((message) => message.messageId)).size).toBe(messages.length);
    expect(last.size).toBe(120);
  });

  it("gives visitors tastes: what they look at next is mostly of a kind their last product goes with", () => {
    const topOf = new Map(catalog.map((item) => [item.id, item.category.split(" > ")[0]]));
    const share = (pairs: [string, string][]) =>
      pairs.filter(([a, b]) => topOf.get(a) === topOf.get(b)).length / pairs.length;
    const views = simulate(7, 300).filter((message) => message.event === "product_viewed");
    const idOf = (message: SimulatedMessage | undefined) => String(message?.properties?.product_id);
    const own: [string, string][] = [];
    const others: [string, string][] = [];
    for (const [i, view] of views.entries()) {
      const next = views[i + 1];
      if (next?.anonymousId === view.anonymousId) own.push([idOf(view), idOf(next)]);
      others.push([idOf(view), idOf(views[(i + 1009) % views.length])]);
    }
    expect(share(own)).toBeGreaterThan(3 * share(others));
  });

  it("sells only what is in stock, and only to who put it into the cart", () => {
    const soldOut = new Set(catalog.filter((item) => item.availability !== "in_stock").map((item) => item.id));
    const inCart = new Set<string>();
    for (const message of simulate(7, 300)) {
      const id = String(message.properties?.product_id);
      if (message.event === "product_added_to_cart") {
        expect(soldOut.has(id)).toBe(false);
        inCart.add(`${message.anonymousId} ${id}`);
      }
      if (message.event !== "product_purchased") continue;
      for (const { product_id } of (message.properties?.products ?? []) as { product_id: string }[]) {
        expect(inCart.has(`${message.anonymousId} ${product_id}`)).toBe(true);
      }
    }
  });
});
