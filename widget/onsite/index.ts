/**
 * Shows what the edge offers in its answers to events: the moments that only a browser knows, one message at a time, and
 * what became of it. Which message, to whom and how often is the edge's decision; nothing of it is kept here.
 */
import type { Offer } from "../../worker/onsite/schema.ts";
import type { Tag } from "../collect/tag.ts";
import { keepSubscription } from "../push/subscription.ts";
import { watchMoments } from "./moments.ts";
import css from "./onsite.css?inline";
import { present } from "./present.ts";

/** A message that cannot be shown now is tried again. */
const RETRY_MS = 1000;

function start(tag: Tag): void {
  let isOpen = false;
  let page: string;

  /** What was offered holds for this page and this visitor. */
  const here = () => location.href.split("#")[0] + JSON.stringify(tag.identity());
  const moments = watchMoments(show);

  async function show(offer: Offer, later: (ms: number) => void): Promise<void> {
    // Where nothing can be kept, every page would be a first visit.
    if (here() !== page || !tag.keep("onsite", "")) return;
    if (isOpen || document.hidden || document.querySelector("nunchi-dialog")) return later(RETRY_MS);
    const tell = (event: string, more?: object) => {
      tag.track(event, { ...offer.properties, ...more });
      tag.queue.flush();
    };
    if (!offer.html) return tell("message_skipped", { reason: "holdout" });
    if (offer.push && window.Notification?.permission !== "default")
      return tell("message_skipped", { variant: undefined, reason: "no_address" });
    isOpen = true;
    await present(tag, offer, css, tell);
    isOpen = false;
  }

  tag.onsite = {
    take(offers) {
      const isNew = page !== here();
      page = here();
      moments(offers, isNew);
    },
  };
  keepSubscription(tag);
}

const tag = window.nunchi?.tag;
if (tag && !tag.onsite) start(tag);
