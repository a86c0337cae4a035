import { expect, it } from "vitest";
import { findProduct } from "../../widget/signals/product.ts";

const ADDRESS = "https://shop.example/p/1?color=red";
const product = { "@type": "Product", productID: "1", name: "울 코트" };
const text = (value: unknown) => JSON.stringify(value);

it("reads what a shop writes about its product", () => {
  const full = {
    "@context": "https://schema.org",
    "@type": "Product",
    sku: "C-1",
    name: "울 코트",
    brand: { "@type": "Brand", name: "소소" },
    category: "아우터 > 코트",
    image: ["https://shop.example/1.jpg", "https://shop.example/2.jpg"],
    offers: { "@type": "Offer", price: "129000", priceCurrency: "KRW" },
  };
  expect(findProduct([text(full)], ADDRESS)).toEqual({
    product_id: "C-1",
    name: "울 코트",
    brand: "소소",
    category: "아우터 > 코트",
    image_url: "https://shop.example/1.jpg",
    price: 129000,
    currency: "KRW",
    url: ADDRESS,
  });
});

it.each([
  ["a list of nodes", [{ "@type": "BreadcrumbList" }, product]],
  ["a graph", { "@context": "https://schema.org", "@graph": [{ "@type": "WebSite" }, product] }],
  ["a page with a main entity", { "@type": "ItemPage", mainEntity: product }],
  ["several types", { ...product, "@type": ["Product", "Book"] }],
  ["a type as an address", { ...product, "@type": "https://schema.org/Product" }],
  [
    "a group of variants",
    { "@type": "ProductGroup", productGroupID: "1", hasVariant: [{ "@type": "Product", sku: "1-L" }] },
  ],
])("finds the product in %s", (_form, value) => {
  expect(findProduct([text(value)], ADDRESS)?.product_id).toBe("1");
});

it.each([
  [{ price: 39.9, priceCurrency: "USD" }, 39.9, "USD"],
  [[{ price: "1,290,000", priceCurrency: "KRW" }], 1290000, "KRW"],
  [{ "@type": "AggregateOffer", lowPrice: 10, highPrice: 20, priceCurrency: "EUR" }, 10, "EUR"],
  [{ priceSpecification: [{ price: "15.00", priceCurrency: "GBP" }] }, 15, "GBP"],
  [{ price: 0, priceCurrency: "KRW" }, 0, "KRW"],
  [{ price: "문의" }, undefined, undefined],
  [undefined, undefined, undefined],
])("reads the price of %j", (offers, price, currency) => {
  expect(findProduct([text({ ...product, offers })], ADDRESS)).toMatchObject({ product_id: "1", price, currency });
});

it("takes a list of products for no product", () => {
  const list = { "@type": "ItemList", itemListElement: [{ "@type": "ListItem", item: product }] };
  expect(findProduct([text(list)], ADDRESS)).toBeUndefined();
  expect(findProduct([text([product, { ...product, productID: "2" }])], ADDRESS)).toBeUndefined();
});

it("takes, of many, the one that the page is about", () => {
  const others = [
    { ...product, productID: "2", url: "https://shop.example/p/2" },
    { ...product, url: "/p/1" },
  ];
  expect(findProduct(others.map(text), ADDRESS)?.product_id).toBe("1");
  const byOffer = [
    { ...product, productID: "2" },
    { ...product, offers: { url: "https://shop.example/p/1", price: 1 } },
  ];
  expect(findProduct([text(byOffer)], ADDRESS)?.product_id).toBe("1");
});

it.each([["{broken"], [""], ["null"], ['"text"'], ["[]"], [text({ "@type": "Product", name: "without an id" })]])(
  "finds nothing in %s",
  (content) => {
    expect(findProduct([content], ADDRESS)).toBeUndefined();
  },
);
