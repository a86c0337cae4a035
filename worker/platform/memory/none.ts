/** `Memory` that remembers nothing: everything is read from its database at every request. */
import type { Memory } from "../../deps.ts";

export const noMemory: Memory = {
  placeOf: () => 0,
  read: async (_, asked) => ({ lease: "", values: asked.map(() => undefined) }),
  fill: async () => undefined,
  notePeople: async () => undefined,
  noteEverywhere: async () => undefined,
};
