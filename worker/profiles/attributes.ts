/** A site's attributes: what is known of them, what a marketer decides, and people's values held against both. */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import { Refusal } from "../lib/errors.ts";
import { SECOND } from "../lib/time.ts";
import { type Attribute, fitAttribute, isPersonalName, typeOf } from "./attribute.ts";
import { countAttributes, insertAttributes, selectAttributes, upsertAttribute } from "./attributes/store.ts";

const known = new TtlCache<Map<string, Attribute>>(30 * SECOND);

/** Of a site that are listed; what comes beyond is kept with the person and listed nowhere. */
const MOST_ATTRIBUTES = 500;

/** In the order of their names. */
export async function listAttributes(deps: Deps, siteId: string): Promise<Attribute[]> {
  return selectAttributes(deps.control, siteId);
}

/** At most half a minute old on an isolate that did not make the change. */
async function knownAttributes(deps: Deps, siteId: string): Promise<Map<string, Attribute>> {
  return known.get(siteId, deps.clock.now(), async () => {
    const all = await selectAttributes(deps.control, siteId);
    return new Map(all.map((attribute) => [attribute.name, attribute]));
  });
}

/** What is sent from now on is held to it; what is stored stays as it is. Throws `conflict` for one more than a site may have. */
export async function declareAttribute(
  deps: Deps,
  siteId: string,
  attribute: Omit<Attribute, "isDeclared">,
): Promise<Attribute> {
  const isNew = !(await selectAttributes(deps.control, siteId)).some(({ name }) => name === attribute.name);
  if (isNew && (await countAttributes(deps.control, siteId)) >= MOST_ATTRIBUTES) {
    throw new Refusal("conflict", `a site has at most ${MOST_ATTRIBUTES} attributes`);
  }
  const declared = { ...attribute, isDeclared: true };
  await upsertAttribute(deps.control, siteId, declared, deps.clock.now());
  known.drop(siteId);
  return declared;
}

/** Types are a courtesy, events are not: when the list cannot be read, what was sent is kept as it is. */
async function knownOrNone(deps: Deps, siteId: string): Promise<Map<string, Attribute>> {
  try {
    return await knownAttributes(deps, siteId);
  } catch (error) {
    deps.log.error("the attributes could not be read", error, { siteId });
    return new Map();
  }
}

export interface Fitted {
  traits: Record<string, unknown>;
  /** Why what is left out is left out, by name. */
  refused: Record<string, string>;
}

/** The traits as they are stored. Names that the site has not seen are listed, each once. */
export async function fitTraits(deps: Deps, siteId: string, all: Record<string, unknown>[]): Promise<Fitted[]> {
  const attributes = await knownOrNone(deps, siteId);
  const fresh = new Map<string, Attribute>();
  const fitted = all.map((said) => {
    const result: Fitted = { traits: {}, refused: {} };
    for (const [name, value] of Object.entries(said)) {
      if (value === null) {
        result.traits[name] = null;
        continue;
      }
      const attribute = attributes.get(name);
      const fit = fitAttribute(name, value, attribute?.isDeclared ? attribute.type : undefined);
      if (!fit.ok) {
        result.refused[name] = fit.reason;
        continue;
      }
      result.traits[name] = fit.value;
      if (!attribute && !fresh.has(name)) {
        fresh.set(name, { name, type: typeOf(value), isPersonal: isPersonalName(name), isDeclared: false });
      }
    }
    return result;
  });
  if (fresh.size > 0 && attributes.size < MOST_ATTRIBUTES) {
    const room = [...fresh.values()].slice(0, MOST_ATTRIBUTES - attributes.size);
    for (const attribute of room) attributes.set(attribute.name, attribute);
    deps.later(learn(deps, siteId, room));
  }
  return fitted;
}

/** A list for marketers: an event is not refused because it could not be written. */
async function learn(deps: Deps, siteId: string, attributes: Attribute[]): Promise<void> {
  try {
    await insertAttributes(deps.control, siteId, attributes, deps.clock.now());
  } catch (error) {
    deps.log.error("new attributes could not be listed", error, { siteId, attributes: attributes.length });
  }
}
