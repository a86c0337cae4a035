/** A night's training goes on from the vectors and the net that serve. */
import type { Deps } from "../deps.ts";
import { unseal } from "../lib/seal.ts";
import { DAY } from "../lib/time.ts";
import type { Dictionary } from "./dictionary.ts";
import {
  type EmbeddingState,
  embeddingStateBytes,
  readEmbeddingState,
  startEmbedding,
} from "./engine/embedding-training.ts";
import { Engine } from "./engine/engine.ts";
import { DIMENSIONS } from "./engine/kernel/contrast.ts";
import { netBytes } from "./engine/net.ts";
import type { Shelf } from "./engine/training.ts";
import { keepTuning } from "./engine/training-tuning.ts";
import { partsPrefix } from "./export.ts";
import { artifactKey, readDictionary } from "./model.ts";
import { selectPointer, selectServing } from "./store.ts";

/** A net stays good for longer than vectors do: so long nights only continue the embeddings. */
const NET_KEPT_MS = 7 * DAY;

/** Where a model's vectors lie for the training after it. */
export const vectorsKey = (siteId: string, version: string, reach: 1 | 2) =>
  artifactKey(siteId, version, `vectors-${reach}`);

/**
 * Lays the serving model's vectors, by item id, and its net under this training; answers when that net was learned.
 * Undefined when there is none, it is too old, or it cannot be read (logged): all is learned anew then.
 */
export async function continueServing(
  deps: Deps,
  siteId: string,
  version: string,
  shelf: Shelf,
  ids: Dictionary,
  embedded: number,
): Promise<number | undefined> {
  const pointer = await selectPointer(deps.control, siteId);
  const metrics = pointer && (await selectServing(deps.control, siteId, pointer.version))?.metrics;
  const age = deps.clock.now() - (metrics?.learnedAt ?? Number.NEGATIVE_INFINITY);
  if (!pointer || metrics?.ranker !== "net" || age < 0 || age > NET_KEPT_MS) return undefined;
  const require = async (key: string): Promise<Uint8Array> => {
    const sealed = await deps.blobs.get(key);
    if (!sealed) throw new Error("a part of the serving model is missing");
    return unseal(sealed);
  };
  try {
    const { net, isKnown } = partsOf(await require(artifactKey(siteId, pointer.version, "engine")));
    const places = await placesIn(deps, siteId, pointer.version, ids, embedded);
    if (!net || !places) return undefined;
    for (const reach of [1, 2] as const) {
      // Packed when those of the serving model are gone: an isolate has no room for the three.
      const state = layUnder(reach, places, await require(vectorsKey(siteId, pointer.version, reach)));
      await shelf.put(`base/training-${reach}`, embeddingStateBytes(state));
    }
    await shelf.put(
      "known",
      Uint8Array.from(places, (place) => (place < 0 ? 0 : (isKnown[place] ?? 0))),
    );
    await shelf.put("net", net);
    if (metrics.tuning) await keepTuning({ shelf }, metrics.tuning);
    return metrics.learnedAt;
  } catch (error) {
    deps.log.error("the serving model could not be continued", error, { siteId, version: pointer.version });
    await deps.blobs.remove([1, 2].map((reach) => `${partsPrefix(siteId, version)}/engine/base/training-${reach}`));
    return undefined;
  }
}

/** The net, and 1 for items that vectors were learned of. */
function partsOf(engine: Uint8Array): { net: Uint8Array | undefined; isKnown: Uint8Array } {
  const { net, embeddings } = Engine.read(engine).core;
  const isKnown = Uint8Array.from(embeddings[0]?.scales ?? [], (scale) => (scale > 0 ? 1 : 0));
  return { net: net && netBytes(net), isKnown };
}

/** Where each of the first `embedded` items was in that model, −1 where it was not; undefined when its items cannot be read. */
async function placesIn(
  deps: Deps,
  siteId: string,
  version: string,
  ids: Dictionary,
  embedded: number,
): Promise<Int32Array | undefined> {
  const old = await readDictionary(deps, siteId, version);
  return old && Int32Array.from({ length: embedded }, (_, item) => old.indexOf(ids.at(item) as string) ?? -1);
}

/** The state of a training that begins with the vectors of another. */
function layUnder(reach: 1 | 2, places: Int32Array, vectors: Uint8Array): EmbeddingState {
  const known = readEmbeddingState(vectors);
  const state = startEmbedding(places.length, { reach, epochs: 0, seed: 1 });
  for (const [item, old] of places.entries()) {
    if (old < 0 || old >= known.gates.length) continue;
    state.vectors.set(known.vectors.subarray(old * DIMENSIONS, (old + 1) * DIMENSIONS), item * DIMENSIONS);
    state.gates[item] = known.gates[old] as number;
  }
  state.lags.set(known.lags);
  state.focus = known.focus;
  return state;
}
