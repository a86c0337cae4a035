/** Waiting no longer than that. */
export interface Alarm {
  rings: Promise<void>;
  /** When nobody waits for it any more. */
  stop(): void;
}

/** Rings after so many milliseconds. */
export function alarm(ms: number): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rings = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return { rings, stop: () => clearTimeout(timer) };
}
