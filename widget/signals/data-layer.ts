/**
 * Events that a shop already tells Google: `dataLayer.push({event: "view_item", ecommerce: {items: […]}})`, and gtag's
 * `arguments` in the same list. Reads and passes on; whoever else listens there hears the same as before.
 */
import { type Bag, bagOf } from "./bag.ts";

export interface LayerListener {
  event(name: string, properties: Bag): void;
  user(id: string | number): void;
  /** Google Consent Mode: `default` or `update`. */
  consent(step: unknown, states: Bag): void;
}

/** GA4's events that say something about a taste or a person without items. */
const WITHOUT_ITEMS = /search|sign_up|purchase|refund/;
/** A data layer also holds what is nobody else's business: only these are passed on. */
const FIELDS = /^(value|currency|tax|shipping|coupon|(search|transaction|item_list|promotion)_\w+)$/;
/** A list of a hundred is larger than an event may be. */
const MOST_ITEMS = 20;

/** Hears `window[name]` from its beginning on. To be called again: pages replace the list. */
export function watchLayer(name: string, on: LayerListener): () => void {
  let watched: unknown;

  function read(entry: unknown): void {
    // Whatever a page pushes, its own push goes through.
    try {
      interpret(bagOf(entry), on);
    } catch {}
  }

  return () => {
    const layer = (window as unknown as Bag)[name];
    if (!Array.isArray(layer) || layer === watched) return;
    watched = layer;
    for (const entry of layer) read(entry);
    const { push } = layer;
    layer.push = (...entries: unknown[]) => {
      const length = push.apply(layer, entries);
      entries.forEach(read);
      return length;
    };
  };
}

function interpret(entry: Bag, on: LayerListener): void {
  // gtag pushes its own `arguments`: an object with numbers for names.
  const { 0: command, 1: name, 2: values, event } = entry;
  if (command === "consent") on.consent(name, bagOf(values));
  else if (command === "event") tell(name, bagOf(values), on);
  else {
    const { user_id: user } = { ...entry, ...bagOf(name), ...bagOf(values) };
    if (user && /string|number/.test(typeof user)) on.user(user as string);
    tell(event, { ...entry, ...bagOf(entry.ecommerce) }, on);
  }
}

/** What has items is about the shop, under whatever name; most of a data layer is about the page's machinery. */
function tell(name: unknown, values: Bag, on: LayerListener): void {
  const { items } = values;
  const list = Array.isArray(items) ? items.slice(0, MOST_ITEMS).map((item) => scalars(bagOf(item), /./)) : [];
  if (typeof name !== "string" || !(list[0] || WITHOUT_ITEMS.test(name))) return;
  on.event(name, { ...scalars(values, FIELDS), ...(list[0] && { items: list }) });
}

function scalars(bag: Bag, names: RegExp): Bag {
  return Object.fromEntries(
    Object.entries(bag).filter(([key, value]) => /string|number/.test(typeof value) && names.test(key)),
  );
}
