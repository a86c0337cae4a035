/**
 * Fills a fresh installation with the demo shop, only through the public HTTP API: what a customer's engineer would do.
 * Site and account, catalog, placements, survey, segments, a running campaign, 45 days of visitors, a trained model.
 */
import { demoCatalog } from "./catalog.ts";
import { demoCampaign, demoPlacements, demoSegments, demoSurvey } from "./definitions.ts";
import { withImpressions } from "./impressions.ts";
import { simulateVisitors } from "./simulator.ts";

/** The only default password, and it exists only in a demo on this machine. */
export const DEMO_STAFF = { email: "demo@nunchi.local", password: "nunchi-demo-shop" };
export const DEMO_PUBLIC_KEY = "pk_demo_shop_public_key";

export interface DemoKeys {
  siteId: string;
  publicKey: string;
  secretKey: string;
}

const EVENTS_A_REQUEST = 500;
const TRAINING_LIMIT_MS = 60_000;

async function call(method: string, url: string, token: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${method} ${new URL(url).pathname} answered ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

export async function seedDemo(options: {
  url: string;
  setupToken: string;
  say: (line: string) => void;
}): Promise<DemoKeys> {
  const { url, setupToken, say } = options;
  const keys = (await call("POST", `${url}/v1/setup`, setupToken, {
    staff: DEMO_STAFF,
    site: {
      name: "눈치샵 Nunchi Shop",
      origins: [url, url.replace("localhost", "127.0.0.1")],
      timeZone: "Asia/Seoul",
      locale: "ko",
      currency: "KRW",
      sender: { name: "눈치샵", contact: "02-1234-5678" },
      dailyCap: 3,
    },
    publicKey: DEMO_PUBLIC_KEY,
  })) as DemoKeys;
  const api = (method: string, path: string, body?: unknown) => call(method, `${url}${path}`, keys.secretKey, body);

  say("importing the catalog");
  const catalog = demoCatalog(url);
  for (let start = 0; start < catalog.length; start += 200) {
    await api("POST", "/v1/items/batch", { items: catalog.slice(start, start + 200) });
  }
  say("defining placements, survey, segments and a campaign");
  for (const { id, ...placement } of demoPlacements) await api("PUT", `/v1/placements/${id}`, placement);
  for (const { id, ...survey } of [demoSurvey]) await api("PUT", `/v1/surveys/${id}`, survey);
  for (const { id, ...segment } of demoSegments) await api("PUT", `/v1/segments/${id}`, segment);

  say("letting 45 days of visitors in");
  const visits = [...simulateVisitors({ seed: 20260, visitors: 900, days: 45, now: Date.now(), catalog })];
  const messages = [...withImpressions(visits, catalog)];
  for (let start = 0; start < messages.length; start += EVENTS_A_REQUEST) {
    await api("POST", "/v1/import/events", { batch: messages.slice(start, start + EVENTS_A_REQUEST) });
  }
  say("training");
  await train(api);

  // Last, so that no historical visitor is written to.
  const { id, ...campaign } = demoCampaign;
  await api("PUT", `/v1/campaigns/${id}`, campaign);
  await api("POST", `/v1/campaigns/${id}/launch`);
  await call("PUT", `${url}/healthz`, setupToken);
  return keys;
}

/** Starts a training and waits until its model serves. */
async function train(api: (method: string, path: string) => Promise<unknown>): Promise<void> {
  await api("POST", "/v1/models");
  const until = Date.now() + TRAINING_LIMIT_MS;
  while (Date.now() < until) {
    const { models } = (await api("GET", "/v1/models")) as { models: { state: string }[] };
    if (models.some((model) => model.state === "active")) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("the first model was not ready in time");
}
