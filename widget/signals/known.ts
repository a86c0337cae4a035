/** Whether what a page says twice, in different words, was told already. Pure. */
type Bag = Record<string, unknown>;

/** Names in all vocabularies that mean one thing; the first that matches. */
const KINDS = [
  /^(view_?item|product.?viewed|product_detail_view)$/i,
  /purchase|order/i,
  /list/i,
  /remove/i,
  /checkout/i,
  /add|cart/i,
];
const VIEW = 0;
const ORDER = 1;
/** One click, told to several. */
const MOMENT_MS = 3000;
/** A router changes the address, and its page says the rest a moment before or after. */
export const AROUND_MS = 1000;

export interface Occasion {
  /** Told to us by the page. What it tells us twice, it means twice. */
  isOwn: boolean;
  /** Both in epoch ms; of the page that the visitor is on. */
  now: number;
  pageAt: number;
}

export function createMemory(): (event: string, properties: object, occasion: Occasion) => boolean {
  const heard = new Map<string, Occasion>();

  return (event, properties, occasion) => {
    const kind = KINDS.findIndex((names) => names.test(event));
    const key = `${kind < 0 ? event : kind} ${subjectOf(properties as Bag, kind)}`;
    const before = heard.get(key);
    heard.set(key, occasion);
    if (!before || (occasion.isOwn && before.isOwn)) return false;
    if (kind === ORDER) return true;
    return before.now > (kind === VIEW ? occasion.pageAt - AROUND_MS : occasion.now - MOMENT_MS);
  };
}

/** The order, or its items. */
function subjectOf(properties: Bag, kind: number): string {
  const order = properties.order_id ?? properties.transaction_id;
  if (kind === ORDER && order) return String(order);
  const list = (properties.items ?? properties.products ?? [properties]) as Bag[];
  return list.map((item) => item.product_id ?? item.item_id ?? item.id ?? item.sku).join();
}
