/** `<nunchi-recommendations placement="home" [item-id] [count] [layout]>`. Loaded when a page has such an element. */
import type { Tag } from "../collect/tag.ts";
import { createFrame, type PlacementFrame } from "./placement.ts";

const NAME = "nunchi-recommendations";

function define(tag: Tag): void {
  const frames = new Map<Element, PlacementFrame>();
  /** Kept while an element is moved about in the page. */
  const made = new WeakMap<Element, PlacementFrame>();

  class Recommendations extends HTMLElement {
    static observedAttributes = ["placement", "item-id", "count"];

    connectedCallback(): void {
      const frame = made.get(this) ?? createFrame(this, tag);
      made.set(this, frame);
      frames.set(this, frame);
      frame.attach();
    }

    disconnectedCallback(): void {
      frames.get(this)?.detach();
      frames.delete(this);
    }

    attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
      if (before !== after) frames.get(this)?.refresh();
    }
  }

  tag.placements = {
    names: () => [...new Set([...frames.keys()].map((host) => host.getAttribute("placement") ?? ""))].filter(Boolean),
    refresh(moved) {
      for (const frame of frames.values()) if (!moved || frame.isStale()) frame.refresh();
    },
    fill(fragments) {
      for (const [host, frame] of frames) {
        const fragment = fragments[host.getAttribute("placement") ?? ""];
        if (fragment) frame.show(fragment);
        else frame.refresh();
      }
    },
    reveal(placement) {
      for (const [host, frame] of frames) {
        if (host.getAttribute("placement") === placement) return frame.reveal();
      }
    },
  };
  customElements.define(NAME, Recommendations);
}

const tag = window.nunchi?.tag;
if (tag && !customElements.get(NAME)) define(tag);
