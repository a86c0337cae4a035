/**
 * What was made of a key, for as long as there is room: for what is made again and again of the same few keys, and is the same
 * each time. When `most` are known all are forgotten.
 */
export function remembered<Key, Value extends {}>(most: number, make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (known.size >= most) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
