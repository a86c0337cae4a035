/**
 * Real people's ratings through the whole product: MovieLens 100K by the import command into a site of its own, a training
 * in the background, and one question over HTTP. The data may not be redistributed: it is read from ../shared/data/ml100k
 * (or NUNCHI_ML100K) when it is there, and the test says that it was skipped when not.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { createSite, startRuntime } from "../bench/runtime.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DATA = process.env.NUNCHI_ML100K ?? join(ROOT, "../shared/data/ml100k");
const isPresent = existsSync(join(DATA, "u.data")) && existsSync(join(DATA, "u.item"));
if (!isPresent) console.warn(`MovieLens 100K is not at ${DATA}: its test is skipped`);

const GENRES =
  "unknown,Action,Adventure,Animation,Children,Comedy,Crime,Documentary,Drama,Fantasy,Film-Noir,Horror,Musical,Mystery,Romance,Sci-Fi,Thriller,War,Western";

const folder = mkdtempSync(join(tmpdir(), "nunchi-movielens-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.skipIf(!isPresent)("recommends the sequels to a person who liked Star Wars (1977)", async () => {
  const runtime = await startRuntime();
  try {
    const { secretKey } = await createSite(runtime, "MovieLens");
    const importFile = async (kind: string, name: string, ...more: string[]) => {
      const common = [
        "--url",
        runtime.url,
        "--key",
        secretKey,
        "--state",
        folder,
        "--refused",
        join(folder, `${name}.csv`),
      ];
      const args = [join(ROOT, "worker/cli/import.ts"), kind, "--file", join(DATA, name), ...common, ...more];
      return (await promisify(execFile)(process.execPath, args)).stdout;
    };
    const call = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${runtime.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${secretKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect(response.status, path).toBeLessThan(300);
      return response.json();
    };

    // biome-ignore format: one option a line
    const items = await importFile("items", "u.item", "--format", "csv", "--delimiter", "|", "--quote", "none",
      "--encoding", "latin1", "--columns", `id,title,released,video,imdb,${GENRES}`,
      "--map", "url='https://movies.example/{id}'", "--map", "tags=Action..Western");
    expect(items).toContain("1,682 accepted, 0 refused");
    // biome-ignore format: one option a line
    const events = await importFile("events", "u.data", "--format", "tsv", "--columns", "user,item,rating,time",
      "--map", "userId=user", "--map", "product_id=item", "--map", "rating=rating", "--map", "timestamp=time",
      "--map", "event=rating>=4?product_purchased:product_viewed");
    const ratings = readFileSync(join(DATA, "u.data"), "utf8").trim().split("\n").length;
    expect(events).toContain(`${ratings.toLocaleString("en")} accepted, 0 refused`);

    const rules = { count: 10, title: { ko: "추천 영화", en: "For you" } };
    await call("PUT", "/v1/placements/home", { name: "home", rules });
    await call("POST", "/v1/models");
    const models = async () =>
      ((await call("GET", "/v1/models")) as { models: { state: string; metrics: unknown }[] }).models;
    await expect.poll(async () => (await models())[0]?.state, { timeout: 90_000, interval: 250 }).not.toBe("building");
    expect(await models()).toMatchObject([{ state: "active", metrics: { items: 1682 } }]);

    const liked = { event: "product_purchased", userId: "fan", properties: { product_id: "50", rating: 5 } };
    await call("POST", "/v1/track", liked);
    const answer = (await call("POST", "/v1/recommendations", { placement: "home", userId: "fan", locale: "en" })) as {
      fallbackLevel: string;
      items: { title: string; reason: string }[];
    };
    const titles = answer.items.map((item) => item.title);
    expect(answer.fallbackLevel).toBe("personal");
    expect(titles).toHaveLength(10);
    expect(titles).toContain("Empire Strikes Back, The (1980)");
    expect(titles).toContain("Return of the Jedi (1983)");
    expect(titles).not.toContain("Star Wars (1977)");
    expect(answer.items[0]?.reason).toBe("Goes with 'Star Wars (1977)', which you bought");
  } finally {
    await runtime.stop();
  }
});
