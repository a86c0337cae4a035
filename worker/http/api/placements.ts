/** Placements as servers manage them: `GET /v1/placements`, `GET|PUT|DELETE /v1/placements/{id}`. Secret key only. */
import { Refusal } from "../../lib/errors.ts";
import { deletePlacement, listPlacements, putPlacement, requirePlacement } from "../../recommend/placements.ts";
import { PlacementId, PlacementInput } from "../../recommend/schema.ts";
import { issuesWith } from "../../recommend/settle.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 32 * 1024;

function idOf(c: HttpContext): string {
  return check(PlacementId, c.req.param("id"), "the placement's id");
}

export async function getPlacements(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json({ placements: await listPlacements(c.get("deps"), site.id) });
}

export async function getPlacement(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(await requirePlacement(c.get("deps"), site.id, idOf(c)));
}

export async function putPlacementById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const id = idOf(c);
  const input = check(PlacementInput, await readJson(c, LIMIT_BYTES), "the placement");
  const issues = (await issuesWith(c.get("deps"), site.id, input.rules)).map((issue) => ({
    ...issue,
    path: `rules.${issue.path}`,
  }));
  if (issues.length > 0) {
    const fields = issues.map(({ path }) => path).join(", ");
    throw new Refusal("bad_request", `the placement is not valid: ${fields}`, { issues });
  }
  return c.json(await putPlacement(c.get("deps"), site.id, id, input));
}

export async function deletePlacementById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deletePlacement(c.get("deps"), site.id, idOf(c));
  return c.body(null, 204);
}
