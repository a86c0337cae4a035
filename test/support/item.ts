/** An item of the catalog as rooms read it, with as little said of it as may be. */
import type { Item } from "../../worker/catalog/price.ts";

/** `price` and `regular` are set apart: a sale is the difference. */
export function bareItem(now: number, fields: Partial<Item> = {}): Item {
  return {
    siteId: "site_aaaaaaaa",
    id: "x",
    title: "상품",
    titles: {},
    description: null,
    url: "https://shop.test/x",
    imageUrl: null,
    price: 10_000,
    listPrice: null,
    salePrice: null,
    saleStartsAt: null,
    saleEndsAt: null,
    regular: { price: 10_000, listPrice: null },
    priceHoldsUntil: null,
    currency: "KRW",
    brand: null,
    category: null,
    tags: [],
    groupId: null,
    attributes: {},
    inStock: true,
    quantity: null,
    lowStockThreshold: null,
    hidden: false,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    ...fields,
  };
}
