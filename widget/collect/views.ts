/** Page views, also in shops that change pages without loading them. Touches the page's history, never its DOM. */

/** What a framework does to a page after it changed the address arrives in pieces. */
const SETTLE_MS = 200;

/** `changed` is called after each change of the page, together with all others of the moment. */
export function watchViews(changed: (address: string, isNew: boolean) => void): void {
  let address: string | undefined;
  let isDue = false;

  function look(): void {
    isDue = false;
    // An address behind "#" is a page only to routers that write it as a path.
    const here = location.href.replace(/#(?![/!]).*/, "");
    const isNew = here !== address;
    address = here;
    changed(here, isNew);
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
    look();
  });
  new MutationObserver(lookSoon).observe(document, { childList: true, subtree: true });
  look();
}
