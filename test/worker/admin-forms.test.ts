import { describe, expect, it } from "vitest";
import { CampaignDefinition } from "../../worker/campaigns/schema.ts";
import {
  readCampaignFields,
  STARTER,
  toDefinition as toCampaign,
  toCampaignFields,
} from "../../worker/http/admin/campaign-form.ts";
import { niceCeiling } from "../../worker/http/admin/chart.tsx";
import { freshId } from "../../worker/http/admin/fresh-id.ts";
import { translator } from "../../worker/http/admin/language.ts";
import {
  changeRuleForm,
  fromRuleForm,
  type RuleForm,
  splitDuration,
  toRuleForm,
} from "../../worker/http/admin/rule-form.ts";
import { changeSurveyFields, toDefinition as toSurvey, toSurveyFields } from "../../worker/http/admin/survey-form.ts";
import { messageInKorean } from "../../worker/http/admin/words/messages.ts";
import { words } from "../../worker/http/admin/words/words.ts";
import { Rule } from "../../worker/segments/rule.ts";
import { SurveyDefinition } from "../../worker/survey/schema.ts";

const HOUR = 3600;

describe("the rule form", () => {
  const carted = { event: "product_added_to_cart", did: true, withinSeconds: 48 * HOUR };
  const didNotBuy = { event: "product_purchased", did: false, withinSeconds: 90 * 60 };

  it.each<[string, Rule]>([
    ["one event", carted],
    ["all of some", { all: [carted, didNotBuy] }],
    ["any of some", { any: [carted, didNotBuy] }],
    ["a count", { ...carted, count: { op: "gte", value: 3 } }],
    ["several names", { ...carted, event: ["product_viewed", "product_added_to_cart"] }],
    ["a property with a number", { ...carted, where: [{ property: "price", op: "gte", value: 39.9 }] }],
    ["a list", { ...carted, where: [{ property: "brand", op: "in", value: ["눈치", "nunchi"] }] }],
    ["a trait", { trait: "tier", op: "eq", value: "gold" }],
    ["a trait that exists", { trait: "email", op: "exists" }],
    ["a truth", { trait: "vip", op: "eq", value: true }],
  ])("says %s and reads it back", (_, rule) => {
    const form = toRuleForm(rule);
    expect(form.mode).toBe("form");
    expect(Rule.parse(fromRuleForm(form))).toEqual(rule);
  });

  it.each<[string, Rule]>([
    ["nested rules", { all: [{ any: [carted, didNotBuy] }] }],
    ["a negation", { not: carted }],
    [
      "two properties",
      {
        ...carted,
        where: [
          { property: "a", op: "exists" },
          { property: "b", op: "exists" },
        ],
      },
    ],
    ["half a minute", { ...carted, withinSeconds: 30 }],
  ])("keeps %s as JSON", (_, rule) => {
    const form = toRuleForm(rule);
    expect(form.mode).toBe("json");
    expect(fromRuleForm(form)).toEqual(rule);
  });

  it("adds, removes, and turns into JSON and back without changing the rule", () => {
    const rule: Rule = { all: [carted, didNotBuy] };
    const form = toRuleForm(rule);
    const longer = changeRuleForm(form, "rule", "rule:add") as Extract<RuleForm, { mode: "form" }>;
    expect(longer.rows).toHaveLength(3);
    expect(changeRuleForm(longer, "rule", "rule:remove:2")).toEqual(form);
    const json = changeRuleForm(form, "rule", "rule:json");
    expect(json?.mode).toBe("json");
    expect(changeRuleForm(json as RuleForm, "rule", "rule:form")).toEqual(form);
    expect(changeRuleForm(form, "audience", "rule:add")).toBeUndefined();
  });

  it("stays JSON when that is no rule", () => {
    const broken: RuleForm = { mode: "json", json: '{"all": [' };
    expect(changeRuleForm(broken, "rule", "rule:form")).toEqual(broken);
    expect(Rule.safeParse(fromRuleForm(broken)).success).toBe(false);
  });

  it("does not take an empty number for nothing", () => {
    const form = toRuleForm({ ...carted, count: { op: "gte", value: 3 } }) as Extract<RuleForm, { mode: "form" }>;
    const rows = form.rows.map((row) => ({ ...row, count: "" }));
    expect(Rule.safeParse(fromRuleForm({ ...form, rows })).success).toBe(false);
  });

  it.each([
    [172_800, { amount: 2, unit: "days" }],
    [5400, { amount: 90, unit: "minutes" }],
    [0, { amount: 0, unit: "days" }],
  ])("%i seconds are %o", (seconds, split) => expect(splitDuration(seconds)).toEqual(split));
});

describe("the campaign form", () => {
  it("says a definition and reads it back", () => {
    const definition = CampaignDefinition.parse({
      ...STARTER,
      trigger: {
        kind: "event",
        events: ["product_viewed", "product_added_to_cart"],
        where: [{ property: "price", op: "gte", value: 10_000 }],
      },
      reentry: { kind: "once" },
      link: { kind: "url", url: "https://shop.test/sale" },
      placement: "home",
      holdoutPercent: 10,
    });
    expect(CampaignDefinition.parse(toCampaign(toCampaignFields("x", definition)))).toEqual(definition);
  });

  it("says a change of the catalog and reads it back", () => {
    const definition = CampaignDefinition.parse({
      ...STARTER,
      trigger: {
        kind: "catalog",
        change: "price_dropped",
        minPercent: 12.5,
        brands: ["하늘", "Haneul & Co"],
        categories: ["여성 > 코트"],
        interest: { events: ["product_viewed"], withinSeconds: 14 * 24 * HOUR, in: "brand" },
        unless: [],
      },
    });
    expect(CampaignDefinition.parse(toCampaign(toCampaignFields("x", definition)))).toEqual(definition);
  });

  it("names every missing field by the schema's path", () => {
    const checked = CampaignDefinition.safeParse(toCampaign(readCampaignFields({})));
    const paths = checked.error?.issues.map((issue) => issue.path.join("."));
    expect(paths).toEqual(
      expect.arrayContaining(["trigger.events", "delaySeconds", "channel", "message", "holdoutPercent", "dailyCap"]),
    );
  });
});

describe("the survey form", () => {
  it("says every kind of question and reads it back", () => {
    const definition = SurveyDefinition.parse({
      placement: "home",
      show: { firstVisit: true, dormantDays: 30, delaySeconds: 2, onProductPages: true },
      questions: [
        {
          id: "a",
          kind: "tiles",
          title: { ko: "골라요" },
          hint: { en: "Up to five" },
          tiles: { auto: "items", count: 9 },
          most: 3,
        },
        { id: "b", kind: "tiles", title: { en: "Pick" }, tiles: { auto: "categories", count: 6 }, trait: "likes" },
        {
          id: "c",
          kind: "tiles",
          title: { ko: "골라요", en: "Pick" },
          tiles: [{ itemId: "p1" }, { category: "여성 > 코트", title: { ko: "코트" } }, { category: "리빙" }],
        },
        {
          id: "d",
          kind: "choice",
          multiple: true,
          title: { ko: "색은?" },
          options: [
            { value: "warm", label: { ko: "따뜻한", en: "Warm" } },
            { value: "cool", label: { ko: "차가운" } },
          ],
        },
      ],
    });
    expect(SurveyDefinition.parse(toSurvey(toSurveyFields("x", definition)))).toEqual(definition);
  });

  it("adds questions with ids of their own, and removes the one that is meant", () => {
    const one = toSurveyFields(
      "x",
      SurveyDefinition.parse({
        placement: "home",
        questions: [{ id: "question1", kind: "tiles", title: { ko: "골라요" }, tiles: { auto: "items" } }],
      }),
    );
    const two = changeSurveyFields(one, "questions:add");
    expect(two?.questions.map(({ id }) => id)).toEqual(["question1", "question2"]);
    expect(changeSurveyFields(two!, "questions:remove:0")?.questions.map(({ id }) => id)).toEqual(["question2"]);
  });
});

describe("small words", () => {
  it.each([
    ["Cart Reminder!", [], "cart-reminder"],
    ["Cart reminder", ["cart-reminder"], "cart-reminder-2"],
    ["VIP 고객", [], "vip"],
    ["장바구니", ["segment"], "segment-2"],
  ])("%s becomes an id", (name, taken, id) => expect(freshId(name, "segment", taken)).toBe(id));

  it.each([
    [1, 4],
    [7, 8],
    [132, 200],
    [401, 500],
    [14_834_300, 20_000_000],
  ])("a chart of %i ends at %i", (value, top) => expect(niceCeiling(value)).toBe(top));

  it("are there in both languages, with the same blanks", () => {
    const blanks = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [word, [ko, en]] of Object.entries(words)) {
      expect([ko, en], word).not.toContain("");
      expect(blanks(ko), word).toEqual(blanks(en));
    }
  });

  it("take the particle that follows what is named", () => {
    const compared = (group: string) => translator("ko")("experiments.difference", { group });
    expect([compared("a"), compared("비교군"), compared("4")]).toEqual(["a와 비교", "비교군과 비교", "4와 비교"]);
    const unsure = Object.values(words).filter(([ko]) => /\((?:와|과|은|는|이|가|을|를|로)\)/.test(ko));
    expect(unsure).toEqual([]);
  });

  it("put what rooms say into Korean, with the place in a template", () => {
    expect(messageInKorean("line 2, column 7: unknown variable carts")).toBe("2행 7열: 알 수 없는 변수 carts");
    expect(messageInKorean('an item has no field "prcie": did you mean "price"?')).toBe(
      "상품에 prcie 항목은 없습니다. price를 뜻하셨나요?",
    );
    expect(messageInKorean('there is no segment "봄"')).toBe("세그먼트 봄이 없습니다");
    expect(messageInKorean('"coat-2" is pinned already')).toBe("coat-2는 이미 고정되어 있습니다");
    expect(messageInKorean("something new")).toBe("something new");
  });
});
