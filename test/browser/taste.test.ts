/** The demo shop recommends by taste, in a real browser: two visitors see different shops, and the third click changes theirs. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchBrowser } from "../support/browser.ts";

const demo = inject("demo");
const PERSON =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";
const HOME = 'nunchi-recommendations[placement="home"]';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
});

async function visitor(): Promise<Page> {
  const context = await browser.newContext({ locale: "ko-KR", timezoneId: "Asia/Seoul", userAgent: PERSON });
  return context.newPage();
}

async function look(page: Page, id: string): Promise<void> {
  const stored = page.waitForResponse((answer) => answer.url().endsWith("/v1/events") && answer.ok());
  await page.goto(`${demo.url}/demo/p/${id}`);
  await stored;
}

async function home(page: Page): Promise<{ ids: string[]; titles: string[]; reasons: string[] }> {
  await page.goto(`${demo.url}/demo/`);
  await page.locator(`${HOME} section[data-fallback="personal"]`).waitFor();
  const of = (part: string) => page.locator(`${HOME} [part~="${part}"]`);
  return {
    ids: await of("card").evaluateAll((links) => links.map((link) => (link as HTMLElement).dataset.itemId ?? "")),
    titles: await of("name").allInnerTexts(),
    reasons: await of("reason").allInnerTexts(),
  };
}

const OUTDOORS = ["tent", "lantern", "tumbler", "backpack", "puffer"];
const DESK = ["keyboard", "speaker", "lamp", "notebook", "mug"];
const kindOf = (id: string) => id.replace(/-\d+$/, "");
const share = (ids: string[], kinds: string[]) => ids.filter((id) => kinds.includes(kindOf(id))).length / ids.length;

it("shows two tastes two shops, and follows a taste that turns by the third click", async () => {
  const [camper, dresser] = [await visitor(), await visitor()];
  for (const id of ["tent-1", "tent-2", "lantern-1"]) await look(camper, id);
  for (const id of ["skirt-1", "dress-1", "skirt-2"]) await look(dresser, id);
  const [outdoors, wardrobe] = [await home(camper), await home(dresser)];
  expect(outdoors.ids.filter((id) => wardrobe.ids.includes(id)).length).toBeLessThanOrEqual(3);
  expect(share(outdoors.ids, OUTDOORS)).toBeGreaterThan(share(wardrobe.ids, OUTDOORS));
  expect(outdoors.reasons.join()).toMatch(/'.+'(와|과) 함께 많이 본 상품/);

  // Each click is in the next answer; by the third the shop is another one.
  const lists = [outdoors.ids];
  for (const id of ["keyboard-1", "keyboard-2", "speaker-1"]) {
    await look(camper, id);
    lists.push((await home(camper)).ids);
  }
  for (const [step, list] of lists.entries()) if (step > 0) expect(list).not.toEqual(lists[step - 1]);
  expect(share(lists[3]!, DESK)).toBeGreaterThan(share(lists[0]!, DESK));
  expect(lists[3]!.slice(0, 4).filter((id) => lists[0]!.slice(0, 4).includes(id)).length).toBeLessThanOrEqual(2);
  expect(lists[3]).not.toContain("speaker-1");
});
