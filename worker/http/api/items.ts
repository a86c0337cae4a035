/** The catalog as servers fill it: `PUT|GET|DELETE /v1/items/{id}`, `POST /v1/items/batch`. Secret key only. */
import { deleteItems } from "../../catalog/delete.ts";
import { asSaid, type Item } from "../../catalog/price.ts";
import { readItems } from "../../catalog/read.ts";
import { ITEM_BATCH_LIMIT_BYTES, ItemBatch, ItemId } from "../../catalog/schema.ts";
import { upsertItems } from "../../catalog/upsert.ts";
import { Refusal } from "../../lib/errors.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

function idOf(c: HttpContext): string {
  return check(ItemId, c.req.param("id"), "the item's id");
}

/** An item as the API speaks of it: the fields of `ItemInput`, and when it came and changed. */
function apiItem(item: Item) {
  const { siteId: _, deletedAt: __, priceHoldsUntil: ___, ...said } = asSaid(item);
  return said;
}

/** `PUT /v1/items/{id}`: the whole item; `changed: false` when it was stored like this already. */
export async function putItem(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = idOf(c);
  const body = await readJson(c, ITEM_BATCH_LIMIT_BYTES);
  const input = typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body, id } : body;
  const { unchanged, refused } = await upsertItems(c.get("deps"), site, [input]);
  const issues = refused[0]?.issues;
  if (issues) {
    const fields = issues.map((issue) => issue.path || "body").join(", ");
    throw new Refusal("bad_request", `the item is not valid: ${fields}`, { issues });
  }
  return c.json({ id, changed: unchanged === 0 });
}

/** `POST /v1/items/batch`: good items are stored, bad ones are named by index and field; 400 only when none is good. */
export async function postItems(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { items } = check(ItemBatch, await readJson(c, ITEM_BATCH_LIMIT_BYTES), "the batch");
  const result = await upsertItems(c.get("deps"), site, items);
  if (result.accepted === 0) {
    const issues = result.refused.flatMap(({ index, issues }) =>
      issues.map(({ path, message }) => ({ path: `items.${index}${path && `.${path}`}`, message })),
    );
    throw new Refusal("bad_request", "no item of the batch could be accepted", { issues: issues.slice(0, 20) });
  }
  return c.json(result);
}

export async function getItem(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = idOf(c);
  const item = (await readItems(c.get("deps"), site.id, [id])).get(id);
  if (!item || item.deletedAt !== null) throw new Refusal("not_found", "there is no such item");
  return c.json(apiItem(item));
}

export async function deleteItem(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const deleted = await deleteItems(c.get("deps"), site.id, [idOf(c)]);
  if (deleted === 0) throw new Refusal("not_found", "there is no such item");
  return c.body(null, 204);
}
