/** `GET /v1/erasures`, `GET /v1/erasures/{id}`: proof that people were erased, and not of whom. Secret key only. */
import { listReceipts, requireReceipt } from "../../privacy/receipt.ts";
import { ErasuresPage } from "../../privacy/schema.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check } from "../errors.ts";

export async function getErasures(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { after, limit } = check(ErasuresPage, c.req.query(), "the page");
  const erasures = await listReceipts(c.get("deps"), site.id, after, limit);
  return c.json({ erasures, next: erasures.length === limit ? (erasures.at(-1)?.id ?? null) : null });
}

export async function getErasure(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { receipt, isGenuine } = await requireReceipt(c.get("deps"), site.id, c.req.param("id") ?? "");
  return c.json({ ...receipt, isGenuine });
}
