/** What a marketer reads who got something wrong in a placement's form, or whose placement nobody has seen. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Harness, harness } from "../support/worker/harness.ts";
import { openShop, place } from "../support/worker/shop.ts";
import { type StaffMember, staffOf } from "../support/worker/staff.ts";

const FORM = {
  id: "home",
  name: "Home",
  "title.ko": "추천",
  "title.en": "For you",
  ways: "trending",
  count: "6",
  layout: "grid",
};

let h: Harness;
let staff: StaffMember;
beforeAll(async () => {
  h = await harness();
  await openShop(h);
  staff = await staffOf(h);
});

const path = (of: string) => `/admin/${h.site.id}/placements/${of}`;
/** The problems as they are read at the top of the form, one a line. */
async function problems(fields: Record<string, string>, language: string): Promise<string[]> {
  const answer = await staff.post(path("home"), { ...FORM, ...fields }, { "accept-language": language });
  expect(answer.status).toBe(422);
  const list = /<div class="problems"[^>]*>.*?<ul>(.*?)<\/ul>/s.exec(await answer.text())?.[1] ?? "";
  return list
    .split("</li>")
    .map((each) =>
      each
        .replace(/<[^>]*>/g, "")
        .replaceAll("&quot;", '"')
        .trim(),
    )
    .filter(Boolean);
}

describe("a placement's form", () => {
  it("names the field by its label and says in plain words what is wrong with it", async () => {
    const fields = { "title.ko": "", count: "99", diversity: "many", pins: "1=coat-1, 1=lamp-1, 2=coat-1", more: "{" };
    expect(await problems(fields, "ko")).toEqual([
      "개수: 50 이하여야 합니다",
      "제목 (한국어): 비어 있습니다",
      "고정 상품: 1번째 자리에는 다른 고정 상품이 있습니다",
      "고정 상품: coat-1은 이미 고정되어 있습니다",
      "다양성: 숫자를 넣어 주세요",
      "추가 필터와 가중치 규칙: JSON이 아닙니다",
    ]);
    expect(await problems(fields, "en")).toEqual([
      "Items: At most 50",
      "Title (Korean): This is empty",
      "Pinned items: another pin stands at place 1",
      'Pinned items: "coat-1" is pinned already',
      "Diversity: A number",
      "More filters and boosts: This is no JSON",
    ]);
  });

  it.each(["2 nonsense, 1 nothing", "0.5 nonsense + 0.5 인기"])(
    "says which ways there are for the mix %s",
    async (mix) => {
      const [first, ...others] = await problems({ mix }, "ko");
      expect(first).toMatch(/^내 방식으로 섞기 \(선택\): 없는 방식입니다. 쓸 수 있는 방식: 맞춤, 함께 본, /);
      expect(others).toEqual([]);
    },
  );

  it("says that a pin stands behind the end of the list", async () => {
    await place(h, "short", {
      count: 4,
      pins: [
        { itemId: "coat-1", position: 4 },
        { itemId: "lamp-1", position: 5 },
      ],
    });
    const text = await (await staff.get(path("short"))).text();
    expect(text.match(/not shown: the list ends at 4/g)).toHaveLength(1);
  });
});

describe("a placement's report", () => {
  it("takes what nobody has seen for no share of anything, and says how it is counted", async () => {
    await place(h, "seldom");
    const report = async () => {
      const text = await (await staff.get(path("seldom"))).text();
      return /<div id="placement-report">.*?<\/nav>.*?<\/section>/s.exec(text)?.[0] ?? "";
    };
    const before = await report();
    expect(before).toContain("Nobody has seen it yet");
    expect(before).not.toContain("0%");
    const told = { recommendation_id: "rec_1", placement: "seldom", fallback_level: "personal" };
    const shown = { type: "track", userId: "minji", event: "recommendation_shown" };
    const batch = [{ ...shown, properties: { ...told, item_ids: ["coat-1"] } }];
    expect((await h.server("POST", "/v1/batch", { batch })).status).toBe(200);
    const after = await report();
    expect(after).not.toContain("Nobody has seen it yet");
    // Of days without a list there is no click rate: one point, and no line through zeros.
    expect(after.match(/class="dot"/g)).toHaveLength(1);
  });
});
