/**
 * A small per-isolate cache for configuration that changes rarely. Stale for at most `ttlMs` on another isolate; the
 * isolate that writes calls `drop`, so a marketer sees their own change at once. Never holds a person's data.
 */
export class TtlCache<T> {
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #stale: { forMs: number; when(error: unknown): boolean } | undefined;
  readonly #entries = new Map<string, { value: T; until: number }>();
  #drops = 0;

  /** `stale`: what is known may be used longer, counted from when it ended, while loading fails so. */
  constructor(ttlMs: number, most = 1000, stale?: { forMs: number; when(error: unknown): boolean }) {
    this.#ttlMs = ttlMs;
    this.#most = most;
    this.#stale = stale;
  }

  async get(key: string, now: number, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && this.#holds(known, now)) return known.value;
    const dropsBefore = this.#drops;
    let value: T;
    try {
      value = await load();
    } catch (error) {
      const stale = this.#stale;
      if (known && stale?.when(error) && now >= known.until && now < known.until + stale.forMs) return known.value;
      throw error;
    }
    // Something was changed while this was read: it may be the old value.
    if (this.#drops !== dropsBefore) return value;
    this.keep(key, now, value);
    return value;
  }

  /** What is known without asking. */
  peek(key: string, now: number): T | undefined {
    const known = this.#entries.get(key);
    return known && this.#holds(known, now) ? known.value : undefined;
  }

  /** For who decides by the value where it is kept: between asking and this, nothing may have dropped it. */
  keep(key: string, now: number, value: T): void {
    if (this.#entries.size >= this.#most && !this.#entries.has(key)) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until: now + this.#ttlMs });
  }

  #holds({ until }: { until: number }, now: number): boolean {
    // A clock that was moved back must not keep an entry alive for ever.
    return until > now && until - now <= this.#ttlMs;
  }

  drop(key: string): void {
    this.#drops++;
    this.#entries.delete(key);
  }
}
