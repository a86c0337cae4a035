/**
 * Whose browser it is, when the shop knows better than its pages: `DELETE /v1/users/{id}/browsers/{anonymousId}` undoes that it
 * is this user's, `PUT` makes it so again. Secret key only.
 */
import { Refusal } from "../../lib/errors.ts";
import { pairOf, relinkBrowser, unlinkBrowser } from "../../profiles/browsers.ts";
import { PersonId } from "../../profiles/schema.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check } from "../errors.ts";

async function read(c: HttpContext) {
  const site = await requireServer(c);
  const userId = check(PersonId.shape.id, c.req.param("id"), "the user's id");
  return pairOf(site.id, userId, check(PersonId.shape.id, c.req.param("anonymousId"), "the browser's id"));
}

export async function deleteBrowser(c: HttpContext): Promise<Response> {
  const pair = await read(c);
  if (!(await unlinkBrowser(c.get("deps"), pair))) {
    throw new Refusal("not_found", "this browser is not linked to this user");
  }
  return c.json({ success: true });
}

export async function putBrowser(c: HttpContext): Promise<Response> {
  const pair = await read(c);
  const state = await relinkBrowser(c.get("deps"), pair);
  if (state === "unknown")
    throw new Refusal("not_found", "this browser was never linked to this user: send an identify");
  if (state === "owned") throw new Refusal("conflict", "this browser is linked to another user");
  return c.json({ success: true });
}
