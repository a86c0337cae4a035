/**
 * One `<nunchi-recommendations>`: a skeleton, the fragment that the edge renders, what was seen and clicked of it. Whatever
 * fails, the element is not there: no error, no empty frame. Never touches anything outside its shadow root.
 */
import { keep, recall } from "../collect/shared.ts";
import type { Tag } from "../collect/tag.ts";
import { ask } from "../dom/ask.ts";
import { make } from "../dom/element.ts";
import { adoptStyle } from "../dom/style.ts";
import { addButtons, isStill } from "./carousel.ts";
import { watchImpressions } from "./impressions.ts";
import css from "./recommendations.css?inline";
import { makeSkeleton, readShape, writeShape } from "./skeleton.ts";

export interface PlacementFrame {
  /** Into the page, or back into it. */
  attach(): void;
  detach(): void;
  /** Asks anew, unless nobody has come near it yet. */
  refresh(): void;
  /** True when the page is another one than that it was filled for. */
  isStale(): boolean;
  show(fragment: string): void;
  /** Into view, and the keyboard's focus with it. */
  reveal(): void;
}

/** Where the visit came from: said on the page that it begins with, which alone knows it. */
function arrival(): { referrer?: string; campaign?: string } {
  const from = URL.parse?.(document.referrer)?.hostname;
  const campaign = new URLSearchParams(location.search).get("utm_campaign");
  return { ...(from && from !== location.hostname ? { referrer: from } : {}), ...(campaign ? { campaign } : {}) };
}

/** So far below the fold it is asked for: it is there when somebody scrolls to it. */
const AHEAD = "600px";

export function createFrame(host: HTMLElement, tag: Tag): PlacementFrame {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  adoptStyle(root, css, tag.nonce);
  const frame = make("div", { class: "frame" });
  root.append(frame);

  /** waiting: until somebody comes near; gone: there was nothing to show. */
  let state: "waiting" | "asked" | "shown" | "gone" = "waiting";
  let latest = 0;
  let filledFor = "";
  let endWatch = () => {};
  let observer: IntersectionObserver | undefined;

  const name = () => host.getAttribute("placement") ?? "";
  const page = () => `${location.pathname}${location.search} ${tag.productId ?? ""}`;
  const isStale = () => filledFor !== page();

  function attach(): void {
    if (state === "shown" && !isStale()) {
      watch();
      return;
    }
    if (state !== "shown") {
      const attributes = { layout: host.getAttribute("layout"), count: host.getAttribute("count") };
      frame.className = "frame";
      frame.replaceChildren(makeSkeleton(readShape(recall(`shape:${name()}`), attributes)));
    }
    if (typeof IntersectionObserver === "undefined") {
      load();
      return;
    }
    observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), {
      rootMargin: AHEAD,
    });
    observer.observe(frame);
  }

  async function load(): Promise<void> {
    observer?.disconnect();
    latest++;
    const mine = latest;
    if (state !== "shown") state = "asked";
    await tag.looked;
    if (mine !== latest) return;
    filledFor = page();
    const response = await ask(tag, "v1/widgets/recommendations", {
      placement: name(),
      itemId: host.getAttribute("item-id") ?? tag.productId,
      recent: JSON.stringify(tag.recentItems()),
      count: host.getAttribute("count"),
      ...arrival(),
    });
    const fragment = await response?.text().catch(() => "");
    if (mine !== latest || !host.isConnected) return;
    if (fragment) show(fragment);
    // What is there already stays: an old list is better than none.
    else if (state !== "shown") vanish();
  }

  function show(fragment: string): void {
    const template = make("template");
    template.innerHTML = fragment;
    const section = template.content.querySelector<HTMLElement>("section[data-recommendation-id]");
    if (!section?.querySelector("[data-item-id]")) {
      vanish();
      if (section?.dataset.variant) standAside(section);
      return;
    }
    latest++;
    observer?.disconnect();
    frame.className = "frame";
    state = "shown";
    filledFor = page();
    host.style.removeProperty("display");
    const title = section.querySelector("h2");
    if (title) {
      title.id = "title";
      title.tabIndex = -1;
      section.setAttribute("aria-labelledby", "title");
    }
    keep(`shape:${name()}`, writeShape(section));
    endWatch();
    frame.replaceChildren(section);
    const list = section.querySelector<HTMLElement>(".scroll");
    if (list) addButtons(list, section.lang || tag.locale());
    watch();
  }

  function watch(): void {
    const properties = propertiesOf(frame.querySelector("section"));
    endWatch = watchImpressions(frame.querySelectorAll("a[data-item-id]"), (seen) => {
      tag.track("recommendation_shown", {
        ...properties,
        item_ids: seen.map((card) => card.getAttribute("data-item-id")),
      });
    });
  }

  function vanish(): void {
    endWatch();
    state = "gone";
    frame.replaceChildren();
    // The page's own rules may reserve height for the element: only this is stronger.
    host.style.setProperty("display", "none", "important");
  }

  /** An experiment shows this visitor nothing, and has to know that they came to where the others see a card. */
  function standAside(section: HTMLElement): void {
    // No box of its own, whatever the page says about the element.
    host.style.setProperty("display", "contents", "important");
    frame.className = "frame aside";
    const properties = propertiesOf(section);
    endWatch = watchImpressions([frame], () => tag.track("recommendation_shown", { ...properties, item_ids: [] }));
  }

  function click(event: Event): void {
    const clicked = event.target as Element;
    const place = clicked.closest("li");
    const card = place?.querySelector<HTMLElement>("a");
    const button = clicked.closest("button");
    if (!place || !card || (event as MouseEvent).button > (button ? 0 : 1)) return;
    const { itemId, position } = card.dataset;
    const about = { ...propertiesOf(card.closest("section")), item_id: itemId, product_id: itemId };
    const tell = (name: string, more?: object) =>
      tag.track(`recommendation_${name}`, { ...about, position: Number(position), ...more });
    if (button) {
      // Not interested, or interested again. The keyboard's focus goes where the hand would.
      const undone = card.hidden;
      for (const part of place.children) (part as HTMLElement).hidden = !(part as HTMLElement).hidden;
      tell("dismissed", { undone });
      place.querySelector<HTMLElement>(undone ? "a" : "div button")?.focus();
    } else if (clicked.closest("a")) tell("clicked");
    // On its way before the next page is.
    tag.queue.flush();
  }

  // The middle button opens a tab: that is a click as well.
  for (const type of ["click", "auxclick"]) frame.addEventListener(type, click);
  // A picture that does not come leaves its place, not a broken sign. Errors do not bubble.
  frame.addEventListener("error", ({ target }) => (target as Element).classList.add("missing"), true);

  return {
    attach,
    detach() {
      latest++;
      observer?.disconnect();
      endWatch();
    },
    refresh() {
      if (state !== "waiting") load();
    },
    isStale,
    show,
    reveal() {
      const { top } = host.getBoundingClientRect();
      if (top < 0 || top > innerHeight / 2) host.scrollIntoView({ behavior: isStill() ? "auto" : "smooth" });
      frame.querySelector("h2")?.focus({ preventScroll: true });
    },
  };
}

/** What the edge wants to hear of a list with whatever becomes of it. */
function propertiesOf(section: HTMLElement | null): Record<string, unknown> {
  return JSON.parse(section?.dataset.told ?? "{}");
}
