/** An on-site message's definition as form fields, and back. Pure. What no field stands for is kept as JSON. */

import { KINDS, type OnsiteDefinition } from "../../onsite/definition.ts";
import { FORMATS } from "../../onsite/schema.ts";
import { type Form, text } from "./form.ts";
import {
  changeRuleForm,
  fromRuleForm,
  joinDuration,
  type RuleForm,
  readRuleForm,
  splitDuration,
  splitList,
  toRuleForm,
} from "./rule-form.ts";

export const TRIGGERS = ["page", "event", "cart", "segment", "scroll", "dwell", "exit"] as const;
const WORD_FIELDS = ["title", "body", "button0", "button1", "code", "thanks", "html"] as const;
type WordFields = Record<(typeof WORD_FIELDS)[number], string>;

const PLAIN = [
  "name",
  "format",
  "kind",
  "placement",
  "media.kind",
  "media.url",
  "media.still",
  "media.alt",
  "button0.does",
  "button0.url",
  "button1.does",
  "button1.url",
  "scale",
  "stores.apple",
  "stores.google",
  "height",
  "trigger.kind",
  "trigger.events",
  "trigger.count",
  "trigger.within.amount",
  "trigger.within.unit",
  "trigger.atLeast",
  "trigger.below",
  "trigger.segmentId",
  "trigger.percent",
  "trigger.seconds",
  "trigger.idleSeconds",
  "trigger.back",
  "delaySeconds",
  "include",
  "exclude",
  "device",
  "priority",
  "dailyCap",
  "totalCap",
  "rest.amount",
  "rest.unit",
  "untilClicked",
  "duringCheckout",
  "from",
  "until",
  "holdoutPercent",
  "more",
] as const;
export type OnsiteField = (typeof PLAIN)[number];

export interface OnsiteFields {
  plain: Record<OnsiteField, string>;
  words: Record<"ko" | "en", WordFields>;
  audience: RuleForm;
}

const yes = (is: boolean) => (is ? "yes" : "");

export function toOnsiteFields(name: string, definition: OnsiteDefinition): OnsiteFields {
  const { media, buttons, trigger, pages, stores, restSeconds, variants, serviceWorker, conversionSeconds } =
    definition;
  const within = splitDuration(trigger.kind === "event" ? trigger.withinSeconds : 1800);
  const rest = restSeconds === null ? undefined : splitDuration(restSeconds);
  const button = (place: number) => buttons[place];
  const urlOf = (place: number) => {
    const one = button(place);
    return one?.does === "open" ? one.url : one?.does === "survey" ? one.surveyId : "";
  };
  const more = {
    variants,
    pageWhere: pages.where,
    eventWhere: trigger.kind === "event" ? (trigger.where ?? []) : [],
    serviceWorker,
    conversionSeconds,
  };
  const wordsOf = (locale: "ko" | "en"): WordFields => {
    const own = definition.words[locale];
    return {
      title: own?.title ?? "",
      body: own?.body ?? "",
      button0: own?.buttons[0] ?? "",
      button1: own?.buttons[1] ?? "",
      code: own?.code ?? "",
      thanks: own?.thanks ?? "",
      html: own?.html ?? "",
    };
  };
  return {
    plain: {
      name,
      format: definition.format,
      kind: definition.kind,
      placement: definition.placement ?? "",
      "media.kind": media?.kind ?? "",
      "media.url": media?.url ?? "",
      "media.still": (media?.kind === "video" ? media.poster : media?.still) ?? "",
      "media.alt": media?.alt ?? "",
      "button0.does": button(0)?.does ?? "",
      "button0.url": urlOf(0),
      "button1.does": button(1)?.does ?? "",
      "button1.url": urlOf(1),
      scale: definition.scale,
      "stores.apple": stores.apple ?? "",
      "stores.google": stores.google ?? "",
      height: String(definition.height),
      "trigger.kind": trigger.kind,
      "trigger.events": trigger.kind === "event" ? trigger.events.join(", ") : "product_added_to_cart",
      "trigger.count": String(trigger.kind === "event" ? trigger.count : 1),
      "trigger.within.amount": String(within.amount),
      "trigger.within.unit": within.unit,
      "trigger.atLeast": String(trigger.kind === "cart" ? trigger.atLeast : 0),
      "trigger.below": trigger.kind === "cart" && trigger.below !== undefined ? String(trigger.below) : "",
      "trigger.segmentId": trigger.kind === "segment" ? trigger.segmentId : "",
      "trigger.percent": String(trigger.kind === "scroll" ? trigger.percent : 50),
      "trigger.seconds": String(trigger.kind === "dwell" ? trigger.seconds : 20),
      "trigger.idleSeconds":
        trigger.kind === "exit" && trigger.idleSeconds === null
          ? ""
          : String(trigger.kind === "exit" ? trigger.idleSeconds : 30),
      "trigger.back": yes(trigger.kind === "exit" && trigger.back),
      delaySeconds: String(definition.delaySeconds),
      include: pages.include.join("\n"),
      exclude: pages.exclude.join("\n"),
      device: definition.device,
      priority: String(definition.priority),
      dailyCap: String(definition.dailyCap),
      totalCap: definition.totalCap === null ? "" : String(definition.totalCap),
      "rest.amount": rest ? String(rest.amount) : "",
      "rest.unit": rest?.unit ?? "days",
      untilClicked: yes(definition.untilClicked),
      duringCheckout: yes(definition.duringCheckout),
      from: definition.from ?? "",
      until: definition.until ?? "",
      holdoutPercent: String(definition.holdoutPercent),
      more: JSON.stringify(more, null, 2),
    },
    words: { ko: wordsOf("ko"), en: wordsOf("en") },
    audience: toRuleForm(definition.audience),
  };
}

export function readOnsiteFields(form: Form): OnsiteFields {
  const read = (name: string) => text(form, name).replaceAll("\r\n", "\n");
  const wordsOf = (locale: string) =>
    Object.fromEntries(WORD_FIELDS.map((name) => [name, read(`words.${locale}.${name}`)])) as WordFields;
  return {
    plain: Object.fromEntries(PLAIN.map((name) => [name, read(name)])) as OnsiteFields["plain"],
    words: { ko: wordsOf("ko"), en: wordsOf("en") },
    audience: readRuleForm(form, "audience"),
  };
}

/** The fields after one of the rule editor's own buttons; undefined when another one was pressed. */
export function changeOnsiteFields(fields: OnsiteFields, act: string): OnsiteFields | undefined {
  const audience = changeRuleForm(fields.audience, "audience", act);
  return audience && { ...fields, audience };
}

/** The definition that the fields say, not yet checked. */
export function toOnsiteDefinition({ plain, words, audience }: OnsiteFields): unknown {
  const number = (name: OnsiteField) => (plain[name] === "" ? Number.NaN : Number(plain[name]));
  const maybe = (name: OnsiteField) => (plain[name] === "" ? undefined : plain[name]);
  const lines = (name: OnsiteField) =>
    plain[name]
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
  const more = moreOf(plain.more);
  const buttons = (["button0", "button1"] as const).flatMap((name) =>
    buttonOf(plain[`${name}.does`], plain[`${name}.url`]),
  );
  const isPush = plain.kind === "push";
  const spoken = Object.entries(words).filter(([, { title }]) => title !== "");
  return {
    format: FORMATS.find((format) => format === plain.format),
    kind: KINDS.find((kind) => kind === plain.kind),
    placement: plain.placement || null,
    words: Object.fromEntries(
      spoken.map(([locale, { title, body, button0, button1, code, thanks, html }]) => [
        locale,
        {
          title,
          body,
          buttons: isPush ? [] : [button0, button1].slice(0, buttons.length),
          ...present({ code, thanks, html }),
        },
      ]),
    ),
    media: mediaOf(plain),
    buttons: isPush ? [] : buttons,
    scale: plain.scale,
    stores: present({ apple: plain["stores.apple"], google: plain["stores.google"] }),
    height: number("height"),
    serviceWorker: more.serviceWorker,
    trigger: triggerOf(plain, more.eventWhere),
    delaySeconds: number("delaySeconds"),
    pages: { include: lines("include"), exclude: lines("exclude"), where: more.pageWhere },
    device: plain.device,
    audience: fromRuleForm(audience),
    priority: number("priority"),
    dailyCap: number("dailyCap"),
    totalCap: maybe("totalCap") === undefined ? null : number("totalCap"),
    restSeconds: plain["rest.amount"] === "" ? null : joinDuration(plain["rest.amount"], plain["rest.unit"]),
    untilClicked: plain.untilClicked !== "",
    duringCheckout: plain.duringCheckout !== "",
    from: maybe("from") ?? null,
    until: maybe("until") ?? null,
    holdoutPercent: number("holdoutPercent"),
    variants: more.variants,
    conversionSeconds: more.conversionSeconds,
  };
}

interface More {
  variants?: unknown;
  pageWhere?: unknown;
  eventWhere?: unknown[];
  serviceWorker?: unknown;
  conversionSeconds?: unknown;
}

/** What is no JSON stands where the schema will refuse it. */
function moreOf(source: string): More {
  if (source === "") return {};
  try {
    return JSON.parse(source) as More;
  } catch {
    return { variants: source };
  }
}

function present(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}

function buttonOf(does: string, target: string): unknown[] {
  if (does === "") return [];
  if (does === "close") return [{ does }];
  return [does === "survey" ? { does, surveyId: target } : { does, url: target }];
}

function mediaOf(plain: OnsiteFields["plain"]): unknown {
  const { "media.kind": kind, "media.url": url, "media.still": still, "media.alt": alt } = plain;
  if (kind === "" || plain.kind === "html") return null;
  return { kind, url, alt, ...(still === "" ? {} : kind === "video" ? { poster: still } : { still }) };
}

function triggerOf(plain: OnsiteFields["plain"], where: unknown[] | undefined): unknown {
  const kind = plain["trigger.kind"];
  const number = (value: string) => (value === "" ? Number.NaN : Number(value));
  switch (kind) {
    case "event":
      return {
        kind,
        events: splitList(plain["trigger.events"]),
        count: number(plain["trigger.count"]),
        withinSeconds: joinDuration(plain["trigger.within.amount"], plain["trigger.within.unit"]),
        ...(where && where.length > 0 ? { where } : {}),
      };
    case "cart":
      return {
        kind,
        atLeast: number(plain["trigger.atLeast"]),
        ...(plain["trigger.below"] === "" ? {} : { below: number(plain["trigger.below"]) }),
      };
    case "segment":
      return { kind, segmentId: plain["trigger.segmentId"] };
    case "scroll":
      return { kind, percent: number(plain["trigger.percent"]) };
    case "dwell":
      return { kind, seconds: number(plain["trigger.seconds"]) };
    case "exit":
      return {
        kind,
        idleSeconds: plain["trigger.idleSeconds"] === "" ? null : number(plain["trigger.idleSeconds"]),
        back: plain["trigger.back"] !== "",
      };
    default:
      return { kind };
  }
}
