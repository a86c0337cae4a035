/** What somebody did, as events and as taste. */
import { readTaste, type Taste, type TasteInput } from "../../worker/recommend/taste.ts";

export const NOON = Date.parse("2026-03-10T12:00:00+09:00");

const PERSON = "p_abcdefgh_AAAAAAAAAAAAAAAAAAAA";

let sequence = 0;

export const event = (name: string, itemId: string | null, at = NOON, properties: object = {}, profileId = PERSON) => ({
  profileId,
  at,
  messageId: `m${sequence++}`,
  name,
  itemId,
  properties: { ...(itemId === null ? {} : { product_id: itemId }), ...properties },
});

export const taste = (more: Partial<TasteInput> = {}): Taste =>
  readTaste({
    timeZone: "Asia/Seoul",
    history: [],
    landmarks: [],
    itemId: undefined,
    recentItemIds: [],
    purchasedWithinDays: 90,
    now: NOON,
    ...more,
  });

export const order = (ids: string[], at: number, profileId = PERSON) =>
  event("product_purchased", ids[0] ?? null, at, { products: ids.map((id) => ({ product_id: id })) }, profileId);
