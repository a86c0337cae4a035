/**
 * A small per-isolate cache for configuration that changes rarely. Stale for at most `ttlMs` on another isolate; the
 * isolate that writes calls `drop`, so a marketer sees their own change at once. Never holds a person's data.
 */
export class TtlCache<T> {
  readonly #ttlMs: number;
  readonly #most: number;
  readonly #entries = new Map<string, { value: T; until: number }>();
  #drops = 0;

  constructor(ttlMs: number, most = 1000) {
    this.#ttlMs = ttlMs;
    this.#most = most;
  }

  async get(key: string, now: number, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    // A clock that was moved back must not keep an entry alive for ever.
    if (known && known.until > now && known.until - now <= this.#ttlMs) return known.value;
    const dropsBefore = this.#drops;
    const value = await load();
    // Something was changed while this was read: it may be the old value.
    if (this.#drops !== dropsBefore) return value;
    if (this.#entries.size >= this.#most) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until: now + this.#ttlMs });
    return value;
  }

  drop(key: string): void {
    this.#drops++;
    this.#entries.delete(key);
  }
}
