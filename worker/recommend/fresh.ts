/** What a light refresh adds to a model in memory: items that are new since the build, and every item's statistics. */
import type { Deps } from "../deps.ts";
import { seal, unseal } from "../lib/seal.ts";
import { jsonPart, PartReader, packParts } from "./engine/parts.ts";

export interface Fresh {
  /** Ids behind those of the dictionary, in order. */
  added: readonly string[];
  /** Of `statisticsBytes`. */
  statistics: Uint8Array;
  /** In memory. */
  bytes: number;
}

export function freshKey(siteId: string, version: string, revision: number): string {
  return `models/${siteId}/${version}/fresh-${revision}`;
}

export async function writeFresh(
  deps: Deps,
  siteId: string,
  version: string,
  revision: number,
  fresh: Pick<Fresh, "added" | "statistics">,
): Promise<void> {
  await deps.blobs.put(freshKey(siteId, version, revision), seal(packParts([jsonPart(fresh.added), fresh.statistics])));
}

/** Undefined when it cannot be read (logged): the model as it was built answers. */
export async function readFresh(
  deps: Deps,
  siteId: string,
  version: string,
  revision: number,
): Promise<Fresh | undefined> {
  try {
    const sealed = await deps.blobs.get(freshKey(siteId, version, revision));
    if (!sealed) throw new Error("the refresh is missing");
    const reader = new PartReader(unseal(sealed));
    return { added: reader.json<string[]>(), statistics: reader.bytes(), bytes: sealed.length };
  } catch (error) {
    deps.log.error("a refresh of the model could not be read", error, { siteId, version, revision });
    return undefined;
  }
}
