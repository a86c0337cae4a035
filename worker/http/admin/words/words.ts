/** All words of the admin: [Korean, English], one file per room. */
import { catalogWords } from "./catalog.ts";
import { frameWords } from "./frame.ts";
import { peopleWords } from "./people.ts";
import { segmentWords } from "./segments.ts";
import { settingsWords } from "./settings.ts";

export const words = {
  ...frameWords,
  ...peopleWords,
  ...catalogWords,
  ...segmentWords,
  ...settingsWords,
} as const satisfies Record<string, readonly [ko: string, en: string]>;

export type Word = keyof typeof words;
