/**
 * The model that serves, as an isolate holds it: a pointer that is looked up every few seconds; dictionary, popular lists
 * and the engine's vectors per version and revision. What a revision says never changes, so only the pointer grows old. What
 * cannot be read costs quality, never the answer.
 */
import type { Deps } from "../deps.ts";
import { usableIntention } from "../intention/serve.ts";
import type { IntentionModel } from "../intention/training.ts";
import { TtlCache } from "../lib/cache.ts";
import { unseal } from "../lib/seal.ts";
import { MINUTE, SECOND } from "../lib/time.ts";
import { UseOrder } from "../lib/use-order.ts";
import { segmentOf } from "./context.ts";
import { Dictionary } from "./dictionary.ts";
import { Engine } from "./engine/engine.ts";
import { readStatistics } from "./engine/statistics.ts";
import { FirstLoad } from "./first-load.ts";
import { type Fresh, readFresh } from "./fresh.ts";
import { type Habits, readHabits } from "./habits.ts";
import { forgetRecords } from "./item-records.ts";
import { openScoring } from "./kernel.ts";
import { NO_POPULAR, type Popular } from "./popularity.ts";
import { type Pointer, selectPointer, selectServing } from "./store.ts";

export interface ServingModel {
  version: string;
  /** Light refreshes that it has seen; 0 is the model as it was built. */
  revision: number;
  popular: Popular;
  /** Empty when the dictionary could not be read, and then the model serves popular lists only. */
  ids: Dictionary;
  /** Undefined: rows alone rank. */
  engine: Engine | undefined;
  /** What the net was told of intentions by, and is told by; undefined where there was too little to learn it from. */
  intention: IntentionModel | undefined;
  /** Undefined: nothing is known of orders and contexts. */
  habits: Habits | undefined;
  /** Segments that the habits know. */
  segments: string[];
}

/** What all revisions of a version share. */
interface Parts {
  dictionary: Dictionary | undefined;
  built: { engine: Engine; bytes: number } | undefined;
  /** Undefined: it could not be read. */
  intention: { model: IntentionModel | undefined } | undefined;
  habits: { habits: Habits; bytes: number } | undefined;
}

interface Kept {
  model: ServingModel;
  parts: Parts;
  /** In memory, about. */
  bytes: number;
  /** When what could not be read is tried again. */
  until: number;
}

const pointers = new TtlCache<(Pointer & { name: string }) | undefined>(10 * SECOND);
/** The one longest unused is let go first. */
const models = new UseOrder<string, Kept>();
const MODELS_KEPT = 8;
const BYTES_KEPT = 48 << 20;
/** A model of more bytes is not kept while the next one is read. */
const MOST_BESIDE = 44 << 20;
const RETRY_MS = MINUTE;

/** A revision of a model, in this isolate's maps. */
function nameOf({ version, revision }: Pointer): string {
  return `${version}/${revision}`;
}

export function artifactKey(siteId: string, version: string, name: string): string {
  return `models/${siteId}/${version}/${name}`;
}

export function dictionaryKey(siteId: string, version: string): string {
  return artifactKey(siteId, version, "items");
}

/** After a promotion on this isolate; others follow within seconds. */
export function dropPointer(siteId: string): void {
  pointers.drop(siteId);
}

/** Undefined when there is no model yet, or none can be read (logged): the caller falls back, it never fails. */
export async function openModel(deps: Deps, siteId: string): Promise<ServingModel | undefined> {
  try {
    const now = deps.clock.now();
    const pointer = await pointers.get(siteId, now, async () => {
      const found = await selectPointer(deps.control, siteId);
      return found && { ...found, name: nameOf(found) };
    });
    if (pointer === undefined) return undefined;
    const { name } = pointer;
    const known = models.use(name);
    if (known && known.until > now) return serve(siteId, known.model);
    // One request reads a new model, some megabytes; those beside it are answered by the one before, or where there is none
    // they wait: the first visitors of an isolate are visitors like all others.
    const before = known ?? besideNew(siteId, pointer.version);
    if (before && loads.isUnderWay(name, now, LOADING_MS)) return serve(siteId, before.model);
    const read = async () => {
      const loaded = await load(deps, siteId, pointer);
      // A dictionary that failed to load is tried again at the next request.
      if (loaded.model.ids.length > 0) keepModel(name, loaded);
      return loaded.model;
    };
    const model = await (before ? loads.read(name, now, read) : loads.share(name, now, read));
    return model && serve(siteId, model);
  } catch (error) {
    deps.log.error("the model could not be opened", error, { siteId });
    return undefined;
  }
}

/**
 * The model that served last, for as long as the new one is read. Two large ones do not fit an isolate: then the old one is let go
 * first, and whoever asks meanwhile waits for the new one, about half a second.
 */
function besideNew(siteId: string, version: string): Kept | undefined {
  const name = servedHere.get(siteId)?.name ?? "";
  const before = models.get(name);
  if (!before || before.model.version === version || before.bytes <= MOST_BESIDE) return before;
  models.delete(name);
  forgetRecords(name);
  return undefined;
}

/** By name of the model. A request that was cut off while it read is answered around for no longer than this. */
const loads = new FirstLoad<ServingModel>();
const LOADING_MS = 10 * SECOND;
/** Site → the model that served last, and segments whose people's interest it knows: asked for along with a history. */
const servedHere = new Map<string, { name: string; segments: string[] }>();

function serve(siteId: string, model: ServingModel): ServingModel {
  const { segments } = model;
  if (servedHere.get(siteId)?.segments === segments) return model;
  if (servedHere.size > 1000) servedHere.clear();
  servedHere.set(siteId, { name: nameOf(model), segments });
  return model;
}

/** Undefined: nobody has asked for this site's model here yet. */
export function segmentsToAsk(siteId: string): string[] | undefined {
  return servedHere.get(siteId)?.segments;
}

/** A model as it was built, without refreshes: what a comparison needs. Undefined when it cannot be read (logged). */
export async function openBuilt(deps: Deps, siteId: string, version: string): Promise<ServingModel | undefined> {
  try {
    return (await load(deps, siteId, { version, revision: 0 })).model;
  } catch (error) {
    deps.log.error("the model could not be opened", error, { siteId, version });
    return undefined;
  }
}

/**
 * Of another revision here only its own part is read: of 400,000 items the rest does not fit an isolate twice. What one of them
 * could not read another may have.
 */
function partsHere(version: string): Partial<Parts> {
  const here: Partial<Parts> = {};
  for (const [name, { parts }] of models) {
    if (!name.startsWith(`${version}/`)) continue;
    here.dictionary ??= parts.dictionary;
    here.built ??= parts.built;
    here.intention ??= parts.intention;
    here.habits ??= parts.habits;
  }
  return here;
}

const NO_IDS = Dictionary.of([]);

async function load(deps: Deps, siteId: string, { version, revision }: Pointer): Promise<Kept> {
  const here = partsHere(version);
  const [serving, dictionary] = await Promise.all([
    selectServing(deps.control, siteId, version),
    here.dictionary ?? readDictionary(deps, siteId, version),
  ]);
  const wantsNet = dictionary !== undefined && serving?.metrics.ranker === "net";
  const [fresh, built, intention, habits] = await Promise.all([
    dictionary && revision > 0 ? readFresh(deps, siteId, version, revision) : undefined,
    wantsNet ? (here.built ?? readPart(deps, siteId, version, "engine", engineOf)) : undefined,
    wantsNet ? (here.intention ?? readIntentionOf(deps, siteId, version)) : undefined,
    dictionary ? (here.habits ?? readPart(deps, siteId, version, "habits", habitsOf)) : undefined,
  ]);
  const ids = (dictionary ?? NO_IDS).extended(dictionary && fresh ? fresh.added : []);
  const isWhole =
    (!wantsNet || (built !== undefined && intention !== undefined)) &&
    (!dictionary || habits !== undefined) &&
    (revision === 0 || fresh !== undefined);
  const model: ServingModel = {
    version,
    revision,
    popular: { ...NO_POPULAR, ...serving?.popular },
    ids,
    engine: built && fresh ? withFresh(built.engine, fresh) : built?.engine,
    intention: intention?.model,
    habits: habits?.habits,
    segments: [...(habits?.habits.contexts.keys() ?? [])].flatMap((name) => segmentOf(name) ?? []),
  };
  const bytes =
    (built?.bytes ?? 0) + (fresh?.bytes ?? 0) + (model.engine?.memory ?? 0) + (habits?.bytes ?? 0) + ids.memory;
  const parts = { dictionary, built, intention, habits };
  return { model, parts, bytes, until: isWhole ? Number.POSITIVE_INFINITY : deps.clock.now() + RETRY_MS };
}

/** Without a model where the version has none, and the net does without; undefined when it cannot be read (logged). */
async function readIntentionOf(
  deps: Deps,
  siteId: string,
  version: string,
): Promise<{ model: IntentionModel | undefined } | undefined> {
  try {
    const bytes = await deps.blobs.get(artifactKey(siteId, version, "intention"));
    return { model: bytes && usableIntention(bytes) };
  } catch (error) {
    deps.log.error("the model's intentions could not be read", error, { siteId, version });
    return undefined;
  }
}

function habitsOf(sealed: Uint8Array): NonNullable<Parts["habits"]> {
  return { habits: readHabits(unseal(sealed)), bytes: sealed.length };
}

function engineOf(sealed: Uint8Array): NonNullable<Parts["built"]> {
  return { engine: Engine.read(unseal(sealed), openScoring()), bytes: sealed.length };
}

/** Embeddings and net as they were, item statistics of the refresh. */
function withFresh({ core }: Engine, fresh: Fresh): Engine {
  return new Engine({ ...core, statistics: readStatistics(fresh.statistics) }, openScoring());
}

function keepModel(name: string, kept: Kept): void {
  models.set(name, kept);
  let bytes = [...models.values()].reduce((sum, each) => sum + each.bytes, 0);
  for (const [oldest, { bytes: size }] of models) {
    if (oldest === name || (models.size <= MODELS_KEPT && bytes <= BYTES_KEPT)) break;
    models.delete(oldest);
    bytes -= size;
  }
}

/** Item ids of a model as it was built; undefined when they cannot be read (logged). */
export async function readDictionary(deps: Deps, siteId: string, version: string): Promise<Dictionary | undefined> {
  return readPart(deps, siteId, version, "items", Dictionary.read);
}

/** Parts that are never missing, as the log calls them. */
const PARTS = { items: "the model's dictionary", engine: "the model's vectors and net", habits: "the shop's habits" };

/** What `parse` makes of a part; undefined when it cannot be read, or `parse` throws (logged). */
async function readPart<T>(
  deps: Deps,
  siteId: string,
  version: string,
  name: keyof typeof PARTS,
  parse: (bytes: Uint8Array) => T,
): Promise<T | undefined> {
  try {
    const bytes = await deps.blobs.get(artifactKey(siteId, version, name));
    if (!bytes) throw new Error("it is missing");
    return parse(bytes);
  } catch (error) {
    deps.log.error(`${PARTS[name]} could not be read`, error, { siteId, version });
    return undefined;
  }
}
