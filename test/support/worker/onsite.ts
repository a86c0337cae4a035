/** Messages for the page, and a page that asks for them. */
import { expect } from "vitest";
import { demoCatalog } from "../../../widget/demo/catalog.ts";
import { upsertItems } from "../../../worker/catalog/upsert.ts";
import type { Composed } from "../../../worker/compose.ts";
import type { Offer } from "../../../worker/onsite/schema.ts";
import { putPlacement } from "../../../worker/recommend/placements.ts";
import { PlacementRules } from "../../../worker/recommend/schema.ts";
import { type Harness, harness } from "./harness.ts";

export const button = { does: "open", url: "https://shop.test/sale" };

export const words = (title: string, more: object = {}) => ({
  ko: { title, body: "오늘만 10%", buttons: ["보러 가기"], ...more },
});

/** A message that everybody gets on every page. */
export function define(more: object = {}) {
  return { format: "modal", words: words("환영해요"), buttons: [button], ...more };
}

export async function launch(h: Harness, id: string, more: object = {}): Promise<void> {
  const saved = await h.server("PUT", `/v1/onsite/messages/${id}`, { name: id, definition: define(more) });
  expect(saved.status, await saved.clone().text()).toBe(200);
  const launched = await h.server("POST", `/v1/onsite/messages/${id}/launch`);
  expect(launched.status, await launched.clone().text()).toBe(200);
}

interface Told {
  path?: string;
  headers?: Record<string, string>;
  person?: object;
  at?: string;
}

/** What the page is answered after it told of these events. */
export async function tell(h: Harness, events: (string | object)[], told: Told = {}): Promise<Offer[] | undefined> {
  const { path = "/", headers = {}, person = { anonymousId: "visitor-1" } } = told;
  const context = { locale: "ko-KR", page: { url: `https://shop.test${path}`, path, title: "Shop" } };
  const batch = events.map((event, index) => ({
    ...(event === "page"
      ? { type: "page" }
      : typeof event === "string"
        ? { type: "track", event }
        : { type: "track", ...event }),
    messageId: `m-${h.clock.at}-${index}-${Math.random()}`,
    ...person,
    context,
  }));
  const answer = await h.browser("POST", told.at ?? "/v1/events", { batch }, headers);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { onsite?: Offer[] }).onsite;
}

export const idsOf = (offers: Offer[] | undefined) => offers?.map(({ properties }) => properties.onsite_id);

export const note = (event: string, offer: Offer | undefined, more: object = {}) => ({
  event,
  properties: { ...offer?.properties, ...more },
});

export async function shop(override: Partial<Composed> = {}): Promise<Harness> {
  const h = await harness({}, override);
  await upsertItems(h.deps, h.site, demoCatalog("https://shop.test"));
  await putPlacement(h.deps, h.site.id, "home", { name: "Home", rules: PlacementRules.parse({ count: 8 }) });
  return h;
}
