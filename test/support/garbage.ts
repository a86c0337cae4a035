import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What nobody holds any more is gone then: a `WeakRef` says so. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  // What a weak reference has answered in this turn is held until the next.
  await setImmediate();
  collect();
}
