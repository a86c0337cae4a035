/**
 * A real shop's products through the whole feed path: asked for over HTTP from a server of this machine, packed, read by the
 * queue, and asked for again. The data may not be redistributed: it is read from ../shared/data/catalog (or NUNCHI_CATALOG)
 * when it is there, and the test says that it was skipped when not.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it, vi } from "vitest";
import { createSite, startRuntime } from "../bench/runtime.ts";

const DATA = process.env.NUNCHI_CATALOG ?? fileURLToPath(new URL("../../../shared/data/catalog", import.meta.url));
const FILE = join(DATA, "adidas_usa.csv");
const isPresent = existsSync(FILE);
if (!isPresent) console.warn(`adidas_usa.csv is not at ${DATA}: its test is skipped`);

interface Import {
  id: string;
  state: string;
  reason: string | null;
  format: string;
  counts: { records: number; added: number; refused: number; checkedLinks: number; deadLinks: number };
}

it.skipIf(!isPresent)(
  "imports 845 products of adidas from their server, and nothing when they are the same",
  async () => {
    const asked: string[] = [];
    const shop = createServer((request, response) => {
      // Products' pages: only of those that are for women are any left.
      if (request.url !== "/products.csv.gz")
        return response.writeHead(request.url?.includes("Women") ? 200 : 404).end();
      asked.push(`${request.headers["if-none-match"]}`);
      if (request.headers["if-none-match"] === '"1"') return response.writeHead(304).end();
      return response.writeHead(200, { etag: '"1"' }).end(gzipSync(readFileSync(FILE)));
    });
    await new Promise<void>((resolve) => shop.listen(0, "127.0.0.1", resolve));
    const runtime = await startRuntime({ vars: { PRIVATE_HOSTS: "true" } });
    try {
      const { secretKey } = await createSite(runtime, "adidas");
      const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
        const headers = { authorization: `Bearer ${secretKey}`, "content-type": "application/json" };
        const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
        const answer = await fetch(`${runtime.url}/v1${path}`, init);
        expect(answer.status, `${method} ${path}`).toBeLessThan(300);
        return (await answer.json()) as T;
      };
      const importNow = async (): Promise<Import> => {
        const { id } = await call<Import>("POST", "/feeds/main/import");
        return vi.waitFor(
          async () => {
            const run = await call<Import>("GET", `/feeds/main/imports/${id}`);
            expect(run.state).not.toBe("running");
            return run;
          },
          { timeout: 60_000, interval: 200 },
        );
      };
      const { port } = shop.address() as AddressInfo;
      await call("PUT", "/feeds/main", {
        name: "adidas",
        url: `http://127.0.0.1:${port}/products.csv.gz`,
        // Nobody outside of this machine is asked for a page.
        mapping: {
          fields: { id: "sku", category: "breadcrumbs", url: `http://127.0.0.1:${port}/{breadcrumbs}/{sku}` },
        },
        categorySeparator: "/",
      });
      const first = await importNow();
      expect([first.state, first.reason, first.format]).toEqual(["done", null, "csv"]);
      expect(first.counts).toMatchObject({ records: 845, added: 845, refused: 0 });
      expect(first.counts.checkedLinks).toBe(20);
      expect(first.counts.deadLinks).toBeGreaterThan(0);
      expect(first.counts.deadLinks).toBeLessThan(20);
      expect(await call("GET", "/items/FJ5089")).toMatchObject({
        title: "Beach Shorts",
        price: 40,
        currency: "USD",
        category: "Women > Clothing",
        attributes: { color: "Black" },
      });
      expect((await importNow()).state).toBe("unchanged");
      expect(asked).toEqual(["undefined", '"1"']);
    } finally {
      await runtime.stop();
      shop.close();
    }
  },
);
