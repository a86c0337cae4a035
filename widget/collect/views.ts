/** Page and product views, also in shops that change pages without loading them. Touches the page's history, never its DOM. */
import { findProduct, type PageProduct } from "./product.ts";

/** What a framework does to a page after it changed the address arrives in pieces. */
const SETTLE_MS = 200;

export function watchViews(on: {
  page(): void;
  product(product: PageProduct): void;
  /** After each change of the page, together with all others of the moment. */
  change(): void;
}): void {
  let address: string | undefined;
  let productId: string | undefined;
  let isDue = false;
  /** What each script said when it was last looked at: what stays from the page before is not news. */
  let known = new WeakMap<Element, string>();

  function look(): void {
    isDue = false;
    // An address behind "#" is a page only to routers that write it as a path.
    const here = location.href.replace(/#(?![/!]).*/, "");
    if (here !== address) {
      address = here;
      productId = undefined;
      on.page();
    }
    const texts: string[] = [];
    for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
      const text = script.textContent ?? "";
      if (known.get(script) !== text) texts.push(text);
      known.set(script, text);
    }
    const product = findProduct(texts, here);
    if (product && product.product_id !== productId) {
      productId = product.product_id;
      on.product(product);
    }
    on.change();
  }

  function lookSoon(): void {
    if (!isDue) setTimeout(look, SETTLE_MS);
    isDue = true;
  }

  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    history[name] = function (...values) {
      original.apply(this, values);
      lookSoon();
    };
  }
  addEventListener("popstate", lookSoon);
  // A page that comes back from the browser's cache is a view that no script start announces.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    address = undefined;
    known = new WeakMap();
    look();
  });
  new MutationObserver(lookSoon).observe(document, { childList: true, subtree: true });
  look();
}
