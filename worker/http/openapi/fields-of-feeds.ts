/** What the fields of feeds and their imports mean. */
import type { Words } from "./fields.ts";

const feed: Words[keyof Words] = {
  name: "The name that marketers see.",
  url: "Where it is pulled from. Null: it is sent to us.",
  format: "`auto` finds out from how the file begins.",
  contents: "`full`: what is not in the file is not in the shop. `changes`: what is not in it is as it was.",
  mapping: "Which column says what. What is left out is guessed from the columns' names, Korean and English.",
  "mapping.fields":
    "By the item's field: a column, a text with columns in braces (`https://shop.example/p/{id}`), or a list of them. Of a list the first that says something counts; for `category` and `tags` all of them.",
  "mapping.attributes": "The same by the attribute's name.",
  categorySeparator: "Between the levels of a category in one column.",
  lowStockThreshold: "For items whose row says a quantity and no threshold.",
  schedule: "When it is pulled. Null: only when somebody asks.",
  "schedule.every": "How often.",
  "schedule.hour": "Of the day, in the site's time zone.",
  safetyStopPercent: "Nothing is removed when more than so much of the feed's items would be.",
};

export const OF_FEEDS: Words = {
  FeedInput: feed,
  FeedAnswer: { ...feed, nextAt: "When it is pulled next, in epoch milliseconds." },
  Feeds: { feeds: "By id." },
  CatalogChanges: {
    changes: "In the order in which they happened.",
    "changes.itemId": "The item.",
    "changes.kind":
      "`price_dropped` is what is charged, sales with dates included. `item_added` only once a catalog is a day old.",
    "changes.at": "When, in epoch milliseconds.",
    "changes.previousPrice": "What was charged before, in major units; null where the change is not about the price.",
    "changes.price": "What is charged, in major units.",
    "changes.currency": "ISO 4217.",
    "changes.percent": "How much less, in percent of the previous price.",
    "changes.quantity": "How many are left, where the shop says.",
    cursor: "Where to read on, also when there was nothing.",
  },
};

const IMPORT: Record<string, string> = {
  feedId: "The feed.",
  state:
    "`unchanged`: the server said that the file is the same. `held`: everything is stored, and nothing was removed, because too much would have been. `failed`: see `reason`.",
  source: "From its address, or sent to us.",
  step: "What it is at.",
  bytes: "Of the file, unpacked and in UTF-8.",
  format: "What the file is; null until it was looked at.",
  encoding: "What it was written in.",
  counts: "What came of its rows.",
  "counts.records": "Rows of the file.",
  "counts.added": "Items that were not there.",
  "counts.changed": "Items that are different now.",
  "counts.unchanged": "Items of which it says nothing new. Nothing was written for them.",
  "counts.refused": "Rows that are not stored.",
  "counts.duplicates": "Those of the refused whose id a row before has.",
  "counts.removed": "Items that the file does not name any more.",
  "counts.missingImage": "Items without a picture.",
  "counts.zeroPrice": "Items that cost nothing.",
  "counts.brokenText": "Items with characters that are broken in the file; they were left out.",
  "counts.checkedLinks": "Products' pages that were looked at: a sample.",
  "counts.deadLinks": "Those of them that are not there.",
  "counts.changes": "What changed for people who wait for it, by kind.",
  refused: "The first hundred rows that were refused or repaired.",
  "refused.number": "Its place in the file, from 1, without the header.",
  "refused.id": "Its product, where it names one.",
  "refused.reason": "What is wrong with it.",
  deadLinks: "Items whose page is not there, of the sample.",
  reason: "Why it ended as it did, or why nothing was removed.",
  missing: "Items that the file does not name, once counted.",
  "missing.items": "How many.",
  "missing.of": "Of how many that came with the feed.",
  startedAt: "Epoch milliseconds.",
  endedAt: "Epoch milliseconds; null while it is at work.",
};
OF_FEEDS.FeedImportAnswer = IMPORT;
OF_FEEDS.FeedImports = { imports: "Newest first." };
