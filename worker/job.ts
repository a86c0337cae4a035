/** Every message that the queue carries. A job says what to do and for whom; state lives in the databases. */
export type Job =
  /** Moves the due runs of one user shard forward (one slice; sends itself again while more is due). */
  | { kind: "advance-runs"; shard: number }
  /**
   * Brings segment memberships of one site in one shard up to date; `after` is the last profile done, `startedAt` when the
   * first slice began. `full` looks at everybody instead of those who may have changed.
   */
  | { kind: "refresh-segments"; siteId: string; shard: number; after?: string; startedAt?: number; full?: boolean }
  /** Finds conversions of clicked messages in one shard. */
  | { kind: "attribute"; shard: number }
  /** Hands over again what was accepted for sending but not confirmed. */
  | { kind: "redeliver"; shard: number }
  /** Writes vectors of items whose content changed. */
  | { kind: "embed-items"; siteId: string; itemIds: string[] }
  /** Builds a new model of one site. */
  | { kind: "train"; siteId: string };
