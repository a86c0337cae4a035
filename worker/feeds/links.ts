/** Whether some products' pages are there: a sample, because a shop with a million products would notice more. */
import type { Deps } from "../deps.ts";
import { SECOND } from "../lib/time.ts";
import { askPublic } from "./fetch.ts";

const AT_ONCE = 5;
const PATIENCE_MS = 10 * SECOND;

/** Ids of products whose page is gone. Pages of which it cannot be said are in neither number. */
export async function checkLinks(
  deps: Deps,
  sample: { id: string; url: string }[],
): Promise<{ checked: number; dead: string[] }> {
  const dead: string[] = [];
  let checked = 0;
  for (let start = 0; start < sample.length; start += AT_ONCE) {
    const slice = sample.slice(start, start + AT_ONCE);
    const found = await Promise.all(slice.map(({ url }) => isThere(deps, url)));
    for (const [place, there] of found.entries()) {
      if (there === undefined) continue;
      checked++;
      if (!there) dead.push(slice[place]?.id ?? "");
    }
  }
  return { checked, dead };
}

/** Undefined: it cannot be said. A server that is busy, or does not let programs in, has its pages all the same. */
async function isThere(deps: Deps, url: string): Promise<boolean | undefined> {
  try {
    const answer = await askPublic(deps, url, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.body?.cancel();
    return answer.status === 404 || answer.status === 410 ? false : answer.ok ? true : undefined;
  } catch {
    return undefined;
  }
}
