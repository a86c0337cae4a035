/** The reference page for eyes, screen readers, phones and the dark; the content security policy stays on. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";

const demo = inject("demo");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function openReference(
  width: number,
  colorScheme: "light" | "dark",
): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ baseURL: demo.url, viewport: { width, height: 800 }, colorScheme });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("requestfailed", (request) => problems.push(request.url()));
  page.on(
    "response",
    (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`),
  );
  await page.goto("/reference");
  return { page, problems };
}

describe("/reference", () => {
  it.each([
    [1280, "light"],
    [1280, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const)(
    "axe finds nothing at %i pixels, %s; nothing scrolls sideways, nothing is blocked",
    async (width, scheme) => {
      const { page, problems } = await openReference(width, scheme);
      await page.evaluate(AXE);
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }> };
        };
        const { violations } = await axe.run();
        return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 5).map(({ target }) => target.join(" "))}`);
      });
      expect(violations).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
        0,
      );
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  it("leads from the list of calls to the call, and from a field to its shape", async () => {
    const { page } = await openReference(1280, "light");
    await page
      .getByRole("navigation", { name: "Calls" })
      .getByRole("link", { name: "Store an item", exact: true })
      .click();
    expect(new URL(page.url()).hash).toBe("#putItem");
    const call = page.getByRole("article", { name: "Store an item", exact: true });
    expect(await call.isVisible()).toBe(true);
    expect(await call.innerText()).toContain("1 to 512 characters");
    expect(await call.innerText()).toContain(`curl -X PUT '${demo.url}/v1/items/coat-1'`);
    await call.getByRole("link", { name: "ItemStored" }).click();
    expect(new URL(page.url()).hash).toBe("#shape-ItemStored");
    await page.context().close();
  });

  it("is read by the browser's own search: nothing is folded away", async () => {
    const { page } = await openReference(1280, "light");
    expect(await page.locator("details, [hidden]").count()).toBe(0);
    await page.context().close();
  });

  it("is made from a document that programs of other origins may read", async () => {
    const answer = await fetch(`${demo.url}/openapi.json`);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(((await answer.json()) as { openapi: string }).openapi).toBe("3.1.1");
  });
});
