/** All words of the admin: [Korean, English], one file per room. */
import { attributeWords } from "./attributes.ts";
import { campaignWords } from "./campaigns.ts";
import { catalogWords } from "./catalog.ts";
import { collectionWords } from "./collection.ts";
import { consentWords } from "./consents.ts";
import { experimentWords } from "./experiments.ts";
import { explanationWords } from "./explanations.ts";
import { featureWords } from "./features.ts";
import { feedWords } from "./feeds.ts";
import { frameWords } from "./frame.ts";
import { modelWords } from "./models.ts";
import { onsiteWords } from "./onsite.ts";
import { outboxWords } from "./outbox.ts";
import { overviewWords } from "./overview.ts";
import { peopleWords } from "./people.ts";
import { placementWords } from "./placements.ts";
import { segmentWords } from "./segments.ts";
import { settingsWords } from "./settings.ts";
import { shopWords } from "./shops.ts";
import { surveyWords } from "./surveys.ts";

export const words = {
  ...frameWords,
  ...overviewWords,
  ...outboxWords,
  ...peopleWords,
  ...catalogWords,
  ...feedWords,
  ...placementWords,
  ...explanationWords,
  ...featureWords,
  ...experimentWords,
  ...surveyWords,
  ...campaignWords,
  ...onsiteWords,
  ...segmentWords,
  ...settingsWords,
  ...modelWords,
  ...collectionWords,
  ...shopWords,
  ...attributeWords,
  ...consentWords,
} as const satisfies Record<string, readonly [ko: string, en: string]>;

export type Word = keyof typeof words;
