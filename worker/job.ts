/** Every message that the queue carries. A job says what to do and for whom; state lives in the databases. */
export type Job =
  /** Events that were accepted while their database could take none: as they came in, with when and from whom. */
  | {
      kind: "store-events";
      envelope: {
        siteId: string;
        now: number;
        sentAt: number | undefined;
        isBot: boolean;
        isUnlinked?: boolean;
        aliases?: Record<string, string>;
      };
      messages: unknown[];
    }
  /** Moves the due runs of one user shard forward (one slice; sends itself again while more is due). */
  | { kind: "advance-runs"; shard: number }
  /**
   * Brings segment memberships of one site in one shard up to date; `after` is the last profile done, `startedAt` when the
   * first slice began. `full` looks at everybody instead of those who may have changed.
   */
  | { kind: "refresh-segments"; siteId: string; shard: number; after?: string; startedAt?: number; full?: boolean }
  /** Tells the people of one shard what changed in a site's catalog (one slice; sends itself again while there is more). */
  | { kind: "match-changes"; siteId: string; shard: number }
  /** Finds conversions of clicked messages in one shard. */
  | { kind: "attribute"; shard: number; after?: { clickedAt: number; id: string } }
  /** Hands over again what was accepted for sending but not confirmed. */
  | { kind: "redeliver"; shard: number }
  /** Moves an import of a feed forward by its slice number `slice`; sends the next one itself. */
  | { kind: "import-feed"; siteId: string; feedId: string; importId: string; slice: number }
  /** Writes vectors of items whose content changed. */
  | { kind: "embed-items"; siteId: string; itemIds: string[] }
  /** Counts an experiment in one shard; `scan` goes on with a count behind `after`, without it a new one begins. */
  | {
      kind: "measure-experiment";
      siteId: string;
      experimentId: string;
      shard: number;
      scan?: { beganAt: number; slice: number; after: string };
    }
  /** The same for an on-site message. */
  | {
      kind: "measure-onsite";
      siteId: string;
      messageId: string;
      shard: number;
      scan?: { beganAt: number; slice: number; after: string };
    }
  /** Counts in one shard what asking a survey has changed. */
  | {
      kind: "measure-survey";
      siteId: string;
      surveyId: string;
      shard: number;
      scan?: { beganAt: number; slice: number; after: string };
    }
  /** Lists what is owed to people about their consent: one slice of a site's people in one shard behind `after`. */
  | { kind: "find-consent-duties"; siteId: string; shard: number; after?: string }
  /** Members whom their shop has reported as gone: those of a long list that its delivery had no time for. */
  | { kind: "erase-people"; siteId: string; userIds: string[] }
  /** Deletes what is older than it is kept: one slice of a site's people in one shard behind `after`, or the definitions. */
  | { kind: "expire"; siteId: string; shard: number; after?: string }
  | { kind: "expire-definitions" }
  /** Adds what was done since the build to the model that serves. */
  | { kind: "refresh-model"; siteId: string }
  /** Builds a new model of one site. */
  | { kind: "train"; siteId: string };
