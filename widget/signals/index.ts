/**
 * Hears what the page already says to others: the product for search engines (schema.org, Open Graph), shop events for
 * Google, the visitor's choice for everybody. Loaded when a page says any of it. What it says twice is counted once.
 */
import type { Tag } from "../collect/tag.ts";
import { forgetVisitor, googleChoice, watchTcf } from "./consent.ts";
import { watchLayer } from "./data-layer.ts";
import { AROUND_MS, createMemory } from "./known.ts";
import { findProduct, productOfMeta } from "./product.ts";

function listen(tag: Tag): void {
  const isKnown = createMemory();
  /** What each element said when it was last looked at: what stays from the page before is not news. */
  let said = new WeakMap<Element, string>();
  let here: string | undefined;
  let pageAt = 0;
  let hasTcf = false;
  let viewed = { id: "", at: 0 };

  const isTold = (event: string, properties: object, isOwn: boolean) =>
    isKnown(event, properties, { isOwn, now: Date.now(), pageAt });

  function tell(event: string, properties: object): void {
    if (!tag.isManual && !isTold(event, properties, false)) tag.track(event, properties);
  }

  const followLayer = watchLayer(tag.layer, {
    event(name, properties) {
      const [item, another] = (properties.items ?? []) as { item_id?: unknown }[];
      if (name === "view_item" && item?.item_id && !another) {
        viewed = { id: String(item.item_id), at: Date.now() };
        tag.productId = viewed.id;
      }
      tell(name, properties);
    },
    user(id) {
      if (!tag.isManual) window.nunchi?.("identify", id);
    },
    consent(step, states) {
      const choice = googleChoice(step, states);
      if (choice !== undefined) tag.decide(choice);
    },
  });

  function news(selector: string): Element[] {
    return [...document.querySelectorAll(selector)].filter((element) => {
      const text = element.textContent || element.getAttribute("content") || "";
      const isNew = said.get(element) !== text;
      said.set(element, text);
      return isNew;
    });
  }

  function pageProduct(address: string) {
    const texts = news('[type="application/ld+json"]').map((script) => script.textContent ?? "");
    const product = findProduct(texts, address);
    if (!news('[property^="product:"]')[0] || product) return product;
    const of = (name: string) => document.querySelector<HTMLMetaElement>(`[property="${name}"]`)?.content;
    return productOfMeta(of, address);
  }

  tag.signals = {
    forget: () => forgetVisitor(tag),
    isKnown: (event, properties) => isTold(event, properties, true),
    look(address, isNew) {
      if (isNew) {
        // Back from the browser's cache.
        if (address === here) said = new WeakMap();
        here = address;
        pageAt = Date.now();
        // A router's page may speak of its product before the new address was noticed.
        if (viewed.at > pageAt - AROUND_MS) tag.productId = viewed.id;
      }
      if (!hasTcf) hasTcf = watchTcf(tag.decide);
      followLayer();
      const product = pageProduct(address);
      if (product) {
        tag.productId = product.product_id;
        tell("product_viewed", product);
      }
    },
  };
  for (const [event, properties] of tag.told) isTold(event, properties, true);
}

const tag = window.nunchi?.tag;
if (tag && !tag.signals) listen(tag);
