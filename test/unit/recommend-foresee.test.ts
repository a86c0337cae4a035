/** What an intention model is asked for the net has not seen the visits that train the net. */
import { expect, it } from "vitest";
import type { Deps } from "../../worker/deps.ts";
import type { HistoryEvent } from "../../worker/events/store.ts";
import { actOf } from "../../worker/intention/acts.ts";
import { intentionExamples } from "../../worker/intention/behavior.ts";
import { packMoments } from "../../worker/intention/moments.ts";
import { packArrays, unpackArrays } from "../../worker/lib/arrays.ts";
import type { ProfileId } from "../../worker/lib/ids.ts";
import { seeded } from "../../worker/lib/seeded.ts";
import { DAY, MINUTE } from "../../worker/lib/time.ts";
import { BehaviorWriter } from "../../worker/recommend/behaviors.ts";
import { NO_JUDGMENT, readJudgment } from "../../worker/recommend/engine/judgment.ts";
import { behaviorsKey, momentsPrefix, partsPrefix } from "../../worker/recommend/export.ts";
import { foreseePart, learnToForesee } from "../../worker/recommend/foresee.ts";
import { cutVisits, packVisits } from "../../worker/recommend/visits.ts";

const START = Date.UTC(2026, 0, 5);
const DAYS = 50;
const VISITS = 3000;
/** From this day on it is the other way round. */
const TURN = 28;

/** Before the turn those who search buy, after it those who do not: whoever has seen the newest visits knows. */
function visitors(): HistoryEvent[][] {
  const random = seeded(2);
  return Array.from({ length: VISITS }, (_, visit) => {
    const day = (DAYS * visit) / VISITS;
    const searches = random() < 0.5;
    const buys = random() < 0.9 && searches === day < TURN;
    const names = [
      ...(searches ? ["product_searched", "product_searched"] : ["product_viewed", "product_viewed"]),
      "product_viewed",
      ...(buys ? ["product_purchased"] : []),
    ];
    const profileId = `p_site_${String(visit).padStart(20, "0")}` as ProfileId;
    return names.map((name, step) => ({
      profileId,
      at: START + Math.floor(day * DAY) + step * MINUTE,
      messageId: `${visit}-${step}`,
      name,
      itemId: name === "product_searched" ? null : `item-${step % 2}`,
      properties: name === "product_searched" ? {} : { product_id: `item-${step % 2}` },
    })) as unknown as HistoryEvent[];
  });
}

function blobsOf(kept: Map<string, Uint8Array>): Deps {
  return {
    blobs: {
      get: async (key: string) => kept.get(key),
      put: async (key: string, bytes: Uint8Array) => void kept.set(key, bytes),
      list: async (prefix: string) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    },
  } as unknown as Deps;
}

it("is what older visits teach, also where the newest ones say the opposite", async () => {
  const people = visitors();
  const random = seeded(4);
  const moments = people.flatMap((events) => intentionExamples(events.map(actOf), START + (DAYS + 2) * DAY, random));
  const behaviors = new BehaviorWriter(START + 20 * DAY);
  const visits = cutVisits(people.flat(), new Map(), {}, "UTC", behaviors);
  const key = `${partsPrefix("site", "v")}/0-00000`;
  const kept = new Map([
    [key, packVisits(visits)],
    [behaviorsKey(key), packArrays(null, { rows: behaviors.take() })],
    [`${momentsPrefix("site", "v")}0-00000`, packMoments(moments)],
  ]);
  const deps = blobsOf(kept);
  const foreseen = (await learnToForesee(deps, "site", "v"))!;
  expect(foreseen.parts).toBe(1);
  // What may judge the model, and what trains the net; the turn comes behind what is learned from.
  const newest = (START + DAYS * DAY - foreseen.from) / DAY / DAYS;
  expect(newest).toBeGreaterThan(0.27);
  expect(Math.abs(foreseen.from - START - TURN * DAY)).toBeLessThan(DAY);

  await foreseePart(deps, "site", "v", foreseen, 0);
  const { starts, lengths, judgments } = unpackArrays(kept.get(key)!).arrays;
  const lifts = { searched: [] as number[], looked: [] as number[] };
  let at = 0;
  for (const [visit, start] of starts!.entries()) {
    const judgment = readJudgment(judgments![at]!);
    const searched = people[visit]![0]!.name === "product_searched";
    at += lengths![visit]!;
    if (start < foreseen.from) expect(judgment).toBeUndefined();
    else lifts[searched ? "searched" : "looked"].push(judgment!.lift);
  }
  const mean = (list: number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  expect(mean(lifts.searched)).toBeGreaterThan(mean(lifts.looked) + 2);

  // Repeating it writes the same.
  const once = kept.get(key)!;
  await foreseePart(deps, "site", "v", foreseen, 0);
  expect(Buffer.from(kept.get(key)!).equals(Buffer.from(once))).toBe(true);
}, 60_000);

it("is nothing where there is too little to learn it from", async () => {
  const events = visitors().slice(0, 60);
  const behaviors = new BehaviorWriter(START);
  const visits = cutVisits(events.flat(), new Map(), {}, "UTC", behaviors);
  const key = `${partsPrefix("site", "v")}/0-00000`;
  const kept = new Map([[key, packVisits(visits)]]);
  expect(await learnToForesee(blobsOf(kept), "site", "v")).toBeNull();
  expect(unpackArrays(kept.get(key)!).arrays.judgments).toBeUndefined();
  expect(NO_JUDGMENT).toBe(0);
});
