/**
 * One request reads what many need, and those beside it wait for what it leaves behind. In Workers a request may not wait for
 * another one's promise: what that one awaits is its own, and is cut off with it, and then nobody would ever be answered. So
 * who waits looks again on a timer of its own, which ends in any case, and takes over from a reader that was cut off.
 */

interface Reading<T> {
  since: number;
  /** What came of it: plain data, which any request may have. */
  found?: { value: T | undefined };
  /** Whoever took over from this one. */
  next?: Reading<T>;
}

/** How often who waits looks again, and for how long at most before it reads for itself. */
const LOOK_MS = 20;
const PATIENCE_MS = 3000;

export class FirstLoad<T> {
  readonly #readings = new Map<string, Reading<T>>();

  /** Whether somebody began to read it less than `withinMs` ago and is not done. */
  isUnderWay(name: string, now: number, withinMs: number): boolean {
    const reading = this.#readings.get(name);
    return reading !== undefined && Math.abs(now - reading.since) < withinMs;
  }

  /** Reads, and leaves what was found to those who wait for it. */
  async read(name: string, now: number, load: () => Promise<T>): Promise<T> {
    const reading: Reading<T> = { since: now };
    const before = this.#readings.get(name);
    if (before) before.next = reading;
    this.#readings.set(name, reading);
    try {
      const value = await load();
      reading.found = { value };
      return value;
    } catch (error) {
      reading.found = { value: undefined };
      throw error;
    } finally {
      if (this.#readings.get(name) === reading) this.#readings.delete(name);
    }
  }

  /**
   * What whoever reads it finds, or reads it where nobody does. Undefined when the one who read it failed, and has said so. Of
   * many who have waited in vain one reads, and the others wait once more; then each for itself.
   */
  async share(name: string, now: number, load: () => Promise<T>): Promise<T | undefined> {
    let reading = this.#readings.get(name);
    for (let [waited, patience] = [0, PATIENCE_MS]; reading !== undefined && waited < patience; waited += LOOK_MS) {
      await pause(LOOK_MS);
      if (reading.next) {
        reading = reading.next;
        patience = 2 * PATIENCE_MS;
      }
      if (reading.found) return reading.found.value;
    }
    return this.read(name, now, load);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
