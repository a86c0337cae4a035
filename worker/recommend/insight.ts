/**
 * What a survey asks and reads answers by, counted once a training from the parts in R2 and kept beside the model: one blob of
 * some two megabytes, whatever the size of the catalog and the number of people.
 */
import { readItems } from "../catalog/read.ts";
import type { Deps } from "../deps.ts";
import { packArrays, unpackArrays } from "../lib/arrays.ts";
import { seal, unseal } from "../lib/seal.ts";
import { type Described, InsightCounter, type Likes, scopeOf } from "../survey/count-insight.ts";
import type { Insight } from "../survey/insight.ts";
import { describeItem } from "../survey/tiles.ts";
import { listParts } from "./export.ts";
import { artifactKey } from "./model.ts";

/** With fewer people, what the catalog says is the better guess. */
const FEWEST_PEOPLE = 50;
/** Items that are looked at for tiles and targets, most liked first. */
const LOOKED_AT = 2000;
/** Looking at something is half of liking it; wanting or buying it is all of it. */
const VIEW = 0.5;
const VIEW_WEIGHT = 1;

interface Part {
  persons: Float64Array;
  lengths: Uint32Array;
  items: Uint32Array;
  weights: Float32Array;
}

/** People in the order of a part: the visits of one that follow each other are one person's likes. */
function* likesOf(bytes: Uint8Array): Generator<Likes> {
  const { header, arrays } = unpackArrays(bytes);
  const ids = header as string[];
  const part = arrays as unknown as Part;
  let likes = new Map<string, number>();
  let at = 0;
  for (const [visit, person] of part.persons.entries()) {
    if (visit > 0 && part.persons[visit - 1] !== person) {
      yield likes;
      likes = new Map();
    }
    for (const end = at + (part.lengths[visit] as number); at < end; at++) {
      const id = ids[part.items[at] as number] as string;
      const degree = (part.weights[at] as number) > VIEW_WEIGHT ? 1 : VIEW;
      likes.set(id, Math.max(degree, likes.get(id) ?? 0));
    }
  }
  if (likes.size > 0) yield likes;
}

const NOTHING: Described = { category: null, brand: null, style: null };

/** A step of a training, before its parts are removed. Leaves nothing where there are too few people. */
export async function publishInsight(deps: Deps, siteId: string, version: string): Promise<null> {
  const keys = await listParts(deps, siteId, version);
  const read = async (key: string): Promise<Uint8Array> => {
    const bytes = await deps.blobs.get(key);
    if (!bytes) throw new Error("a part of the training is gone");
    return bytes;
  };
  const liked = new Map<string, number>();
  let people = 0;
  for (const key of keys) {
    for (const likes of likesOf(await read(key))) {
      people++;
      for (const [id, degree] of likes) liked.set(id, (liked.get(id) ?? 0) + degree);
    }
  }
  if (people < FEWEST_PEOPLE) return null;
  const most = [...liked].sort((a, b) => b[1] - a[1]).slice(0, LOOKED_AT);
  const items = await readItems(
    deps,
    siteId,
    most.map(([id]) => id),
  );
  const living = new Map(most.filter(([id]) => items.get(id)?.deletedAt === null));
  const described = new Map([...items].map(([id, item]) => [id, describeItem(item)]));
  const describe = (id: string) => described.get(id) ?? NOTHING;
  const counter = new InsightCounter(scopeOf(living, describe), describe);
  for (const key of keys) for (const likes of likesOf(await read(key))) counter.add(likes);
  await deps.blobs.put(artifactKey(siteId, version, "insight"), seal(packInsight(counter.finish())));
  return null;
}

export function packInsight({ people, tiles, items, ...arrays }: Insight): Uint8Array {
  return packArrays({ people, tiles, items }, arrays);
}

export function unpackInsight(bytes: Uint8Array): Insight {
  const { header, arrays } = unpackArrays(bytes);
  return { ...(header as Pick<Insight, "people" | "tiles" | "items">), ...arrays } as Insight;
}

/** By version; undefined for a model without one. */
const known = new Map<string, Insight | undefined>();
const KNOWN = 6;

/** Undefined when the model has none, or it cannot be read (logged): the catalog is asked instead. */
export async function openInsight(deps: Deps, siteId: string, version: string): Promise<Insight | undefined> {
  if (known.has(version)) return known.get(version);
  try {
    const sealed = await deps.blobs.get(artifactKey(siteId, version, "insight"));
    const insight = sealed && unpackInsight(unseal(sealed));
    const oldest = known.keys().next().value;
    if (known.size >= KNOWN && oldest !== undefined) known.delete(oldest);
    known.set(version, insight);
    return insight;
  } catch (error) {
    deps.log.error("what a survey goes by could not be read", error, { siteId, version });
    return undefined;
  }
}
