/** `GET /v1/attributes`, `PUT /v1/attributes/{id}`: what people's traits are, and what they have to be. Secret key only. */
import { declareAttribute, listAttributes } from "../../profiles/attributes.ts";
import { AttributeInput, AttributeName } from "../../profiles/schema.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 4 * 1024;

export async function getAttributes(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ attributes: await listAttributes(c.get("deps"), site.id) });
}

export async function putAttribute(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const name = check(AttributeName, c.req.param("id"), "the attribute's name");
  const { type, isPersonal } = check(AttributeInput, await readJson(c, LIMIT_BYTES), "the attribute");
  return c.json(await declareAttribute(c.get("deps"), site.id, { name, type, isPersonal }));
}
