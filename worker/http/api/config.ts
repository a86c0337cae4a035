/** `GET /v1/config`: what the tag has to know of its site before it collects. Nothing personal, nothing secret. */
import { requireCaller } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { kept } from "../kept.ts";

/** 200 `{privacy: {gpc, consentMode}, verifyUsers}`. A browser may keep it for five minutes. */
export async function getConfig(c: HttpContext): Promise<Response> {
  const { site } = await requireCaller(c);
  const { privacy, verifyUsers } = site;
  return c.json({ privacy, verifyUsers }, 200, kept("private", 300));
}
