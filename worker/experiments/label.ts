/**
 * The `variant` of an answer: what its receiver hands back as property `variant` of `recommendation_shown` and
 * `recommendation_clicked`, so that the log alone says which group was shown, in which context. Pure.
 */
export interface Label {
  experimentId: string;
  /** A variant's name, or "holdout". */
  group: string;
  /** Automatic mode only: "history.phone". */
  context?: string;
}

/** "home-ways:b", "home-ways:b:history.phone" */
export function formatLabel({ experimentId, group, context }: Label): string {
  return [experimentId, group, ...(context === undefined ? [] : [context])].join(":");
}

/** Undefined for anything that is no label: pages and apps send what they like. */
export function parseLabel(text: unknown): Label | undefined {
  if (typeof text !== "string") return undefined;
  const [experimentId, group, context, ...rest] = text.split(":");
  if (!experimentId || !group || rest.length > 0) return undefined;
  return { experimentId, group, ...(context ? { context } : {}) };
}
