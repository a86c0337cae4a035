/**
 * Which variant of a placement a person gets. On the path of every recommendation: a hash and what the isolate remembers of
 * the site's running experiments for a few seconds; nothing is written. An experiment that cannot be read is as none.
 */
import type { Deps } from "../deps.ts";
import { TtlCache } from "../lib/cache.ts";
import type { ProfileId } from "../lib/ids.ts";
import { SECOND, utcDay } from "../lib/time.ts";
import { assign, type Shares } from "./assign.ts";
import { formatLabel } from "./label.ts";
import { contextName, type DecisionContext, type Experiment, HOLDOUT } from "./schema.ts";
import { selectRunning } from "./store.ts";
import { startingShares } from "./thompson.ts";

interface Running {
  experiment: Experiment;
  /** Automatic mode: the learned shares of a context. */
  shares: ReadonlyMap<string, Shares>;
}

export interface Variant {
  /** For the answer and the log: "home-ways:b" (label.ts). */
  label: string;
  /** "rules": the placement's with these over them; the others are the holdout's. */
  shows: "rules" | "popular" | "nothing";
  rules: Record<string, unknown>;
}

const running = new TtlCache<ReadonlyMap<string, Running>>(5 * SECOND);

/** After a change on this isolate; others follow within seconds. */
export function forgetRunning(siteId: string): void {
  running.drop(siteId);
}

async function readRunning(deps: Deps, siteId: string): Promise<ReadonlyMap<string, Running>> {
  const { experiments, arms } = await selectRunning(deps.control, siteId);
  return new Map(
    experiments.map((experiment) => {
      const own = arms.filter(({ experimentId }) => experimentId === experiment.id);
      const shares = new Map(
        [...Map.groupBy(own, ({ context }) => context)].map(([context, rows]) => [
          context,
          rows.map(({ variant, share }) => ({ name: variant, share })),
        ]),
      );
      return [experiment.definition.placement, { experiment, shares }];
    }),
  );
}

/**
 * Undefined when no experiment runs on the placement, when this person takes no part, and for nobody in particular. In
 * automatic mode the choice is made anew each UTC day, by the shares of the context.
 */
export async function variantFor(
  deps: Deps,
  siteId: string,
  placementId: string,
  profileId: ProfileId | undefined,
  context: DecisionContext,
): Promise<Variant | undefined> {
  if (profileId === undefined) return undefined;
  return (await openVariants(deps, siteId, placementId))(profileId, context);
}

/** The same for many people: what runs is looked up once. */
export async function openVariants(
  deps: Deps,
  siteId: string,
  placementId: string,
): Promise<(profileId: ProfileId, context: DecisionContext) => Variant | undefined> {
  const now = deps.clock.now();
  try {
    const found = (await running.get(siteId, now, () => readRunning(deps, siteId))).get(placementId);
    return (profileId, context) => found && choose(found, profileId, context, now);
  } catch (error) {
    deps.log.error("the experiments could not be read", error, { siteId, placement: placementId });
    return () => undefined;
  }
}

function choose({ experiment, shares }: Running, profileId: ProfileId, context: DecisionContext, now: number) {
  const { id, definition } = experiment;
  const isAuto = definition.mode === "auto";
  const name = contextName(context);
  const group = assign(
    id,
    definition,
    isAuto ? (shares.get(name) ?? startingOf(definition)) : definition.variants,
    profileId,
    isAuto ? `${profileId}\n${utcDay(now)}` : profileId,
  );
  if (group === null) return undefined;
  if (group === HOLDOUT) {
    return { label: formatLabel({ experimentId: id, group }), shows: definition.holdout.shows, rules: {} };
  }
  const label = formatLabel({ experimentId: id, group, ...(isAuto ? { context: name } : {}) });
  const rules = definition.variants.find((variant) => variant.name === group)?.rules ?? {};
  return { label, shows: "rules" as const, rules };
}

/** In a context of which nothing is known yet. */
function startingOf({ variants }: Experiment["definition"]): Shares {
  const shares = startingShares(variants.length);
  return variants.map(({ name }, place) => ({ name, share: shares[place] ?? 0 }));
}
