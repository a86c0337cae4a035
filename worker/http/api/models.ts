/**
 * `GET /v1/models`: a site's models and how they measured. `POST /v1/models`: train a new one now.
 * `POST /v1/models/{version}/activate`: one that has served serves again. Secret key only.
 */
import { activateModel, listModels } from "../../recommend/models.ts";
import { startTraining } from "../../recommend/train.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";

export async function getModels(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ models: await listModels(c.get("deps"), site.id) });
}

/** 202: the training runs in the background; asked again while it runs, it answers the same version. */
export async function postModels(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ version: await startTraining(c.get("deps"), site.id) }, 202);
}

export async function postModelActivation(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(await activateModel(c.get("deps"), site.id, c.req.param("version") ?? ""));
}
