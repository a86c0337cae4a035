/** A map whose keys stand in the order of their use, so that the first is the one longest unused. Whoever asks again moves nothing. */
export class UseOrder<Key, Value> extends Map<Key, Value> {
  #latest: Key | undefined;

  /** As `get`, and from now on the key stands last. */
  use(key: Key): Value | undefined {
    const value = this.get(key);
    if (value !== undefined && key !== this.#latest) this.set(key, value);
    return value;
  }

  override set(key: Key, value: Value): this {
    if (key !== this.#latest) this.delete(key);
    this.#latest = key;
    return super.set(key, value);
  }
}
