import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CHANNELS, type Channel } from "../../worker/deps.ts";
import { DAY, HOUR, localDayStart, MINUTE } from "../../worker/lib/time.ts";
import {
  type Addressee,
  allow,
  allowOnsite,
  type GateCampaign,
  type GateSite,
  isHeldOut,
  REASONS,
  type Reason,
} from "../../worker/messages/gate.ts";
import specifications from "../cases/gate.json" with { type: "json" };

interface Case {
  name: string;
  /** Local time of the site. */
  at: string;
  zone?: string;
  channel?: Channel | "onsite";
  running?: boolean;
  ad?: boolean;
  blocked?: boolean;
  address?: boolean;
  consent?: null | "granted" | "refused" | "granted, also at night";
  /** "<local time> <campaign>" */
  recent?: string[];
  holdout?: number;
  rendering?: Reason;
  /** On the site only: "<local time> <message>". */
  closed?: string[];
  clicked?: string[];
  paying?: boolean;
  /** Of the message, on the site only. */
  rest?: number | null;
  total?: number;
  expect: string;
}

const OFFSETS: Record<string, string> = { "Asia/Seoul": "+09:00", "America/New_York": "-04:00" };

function judge(given: Case): string {
  const zone = given.zone ?? "Asia/Seoul";
  const time = (local: string) => Date.parse(`${local}${OFFSETS[zone]}`);
  const moments = (list: string[] = []) =>
    list.map((each) => {
      const [at = "", campaignId = ""] = each.split(" ");
      return { at: time(at), campaignId };
    });
  const consent = given.consent === undefined ? "granted" : given.consent;
  const person: Addressee = {
    profileId: "p_00000000_AAAAAAAAAAAAAAAAAAAA",
    hasAddress: given.address ?? true,
    isBlocked: given.blocked ?? false,
    consent: consent === null ? undefined : { granted: consent !== "refused", night: consent.endsWith("night") },
    recent: moments(given.recent),
  };
  const campaign: GateCampaign = {
    id: "this",
    isRunning: given.running ?? true,
    isAd: given.ad ?? true,
    holdoutPercent: given.holdout ?? 0,
    dailyCap: 1,
  };
  const rendering = given.rendering ? ({ ok: false, reason: given.rendering } as const) : ({ ok: true } as const);
  const site = { timeZone: zone, dailyCap: 2 };
  if (given.channel === "onsite") {
    const { closed, clicked, recent, paying = false, rest = 86_400, total = null } = given;
    const visitor = {
      shown: moments(recent),
      closed: moments(closed),
      clicked: moments(clicked),
      isInCheckout: paying,
    };
    const message = { restSeconds: rest, totalCap: total, untilClicked: true, duringCheckout: false };
    const verdict = allowOnsite(
      { ...person, ...visitor },
      { ...campaign, ...message },
      site,
      time(given.at),
      rendering,
    );
    return verdict.allowed ? "show" : verdict.reason;
  }
  const verdict = allow(person, given.channel ?? "email", campaign, site, time(given.at), rendering);
  if (verdict.allowed) return "send";
  if (verdict.holdUntil === undefined) return verdict.reason;
  const local = new Date(verdict.holdUntil).toLocaleString("sv-SE", { timeZone: zone }).replace(" ", "T").slice(0, 16);
  return `${verdict.reason} until ${local}`;
}

describe("the gate", () => {
  it.each(specifications as Case[])("$name: $expect", (given) => {
    expect(judge(given)).toBe(given.expect);
  });

  it("has a case for every reason but those that only writing can give", () => {
    const told = new Set((specifications as Case[]).map((each) => each.expect.split(" ")[0]));
    expect(REASONS.filter((reason) => !told.has(reason))).toEqual(["no_sender", "render_failed"]);
  });
});

const NOW = Date.parse("2026-03-10T12:00:00+09:00");
const people: fc.Arbitrary<Addressee> = fc.record({
  profileId: fc.string({ minLength: 1, maxLength: 12 }),
  hasAddress: fc.boolean(),
  isBlocked: fc.boolean(),
  consent: fc.option(fc.record({ granted: fc.boolean(), night: fc.boolean() }), { nil: undefined }),
  recent: fc.array(
    fc.record({ at: fc.integer({ min: NOW - 3 * DAY, max: NOW + DAY }), campaignId: fc.constantFrom("c", "d") }),
    { maxLength: 4 },
  ),
});
const campaigns: fc.Arbitrary<GateCampaign> = fc.record({
  id: fc.constant("c"),
  isRunning: fc.boolean(),
  isAd: fc.boolean(),
  holdoutPercent: fc.integer({ min: 0, max: 50 }),
  dailyCap: fc.integer({ min: 1, max: 3 }),
});
const sites: fc.Arbitrary<GateSite> = fc.record({
  timeZone: fc.constantFrom("Asia/Seoul", "America/New_York", "Europe/London", "Asia/Kolkata"),
  dailyCap: fc.integer({ min: 0, max: 4 }),
});
const times = fc.integer({ min: NOW - 300 * DAY, max: NOW + 300 * DAY });
const others = [fc.constantFrom(...CHANNELS), campaigns, sites, times] as const;
const everything = [people, ...others] as const;
/** Agreed to advertising by day. */
const willing = people.map((person) => ({
  ...person,
  hasAddress: true,
  isBlocked: false,
  consent: { granted: true, night: false },
}));

describe("for all people, channels, campaigns, sites and times", () => {
  it("nobody is written to without consent to that channel, after refusing, or while paused", () => {
    fc.assert(
      fc.property(...everything, (person, channel, campaign, site, now) => {
        if (!allow(person, channel, campaign, site, now, { ok: true }).allowed) return;
        expect(person.consent?.granted).toBe(true);
        expect(person.isBlocked).toBe(false);
        expect(campaign.isRunning).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("no advertising leaves between 21:00 and 08:00 without consent for the night, save by e-mail", () => {
    fc.assert(
      fc.property(...everything, (person, channel, campaign, site, now) => {
        if (!campaign.isAd || channel === "email" || person.consent?.night) return;
        const hour = Number(new Date(now).toLocaleString("en-GB", { timeZone: site.timeZone, hour: "2-digit" }));
        if (hour >= 21 || hour < 8) expect(allow(person, channel, campaign, site, now).allowed).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it("the caps hold on every local day", () => {
    fc.assert(
      fc.property(willing, ...others, (person, channel, campaign, site, now) => {
        if (!allow(person, channel, campaign, site, now, { ok: true }).allowed) return;
        const today = person.recent.filter((each) => each.at >= localDayStart(now, site.timeZone));
        expect(today.length).toBeLessThan(site.dailyCap);
        expect(today.filter((each) => each.campaignId === "c").length).toBeLessThan(campaign.dailyCap);
      }),
      { numRuns: 2000 },
    );
  });

  it("what is held is held for less than a day and open then, or held once more for the changing clocks", () => {
    fc.assert(
      fc.property(willing, ...others, (person, channel, campaign, site, now) => {
        const verdict = allow(person, channel, campaign, site, now);
        if (verdict.allowed || verdict.holdUntil === undefined) return;
        const until = verdict.holdUntil;
        expect(until - now).toBeGreaterThan(0);
        expect(until - now).toBeLessThanOrEqual(11 * HOUR + 10 * MINUTE);
        const again = allow(person, channel, campaign, site, until);
        if (!again.allowed && again.holdUntil !== undefined) expect(again.holdUntil - until).toBeLessThanOrEqual(HOUR);
      }),
      { numRuns: 2000 },
    );
  });

  it("words can only take away", () => {
    fc.assert(
      fc.property(...everything, (person, channel, campaign, site, now) => {
        const before = allow(person, channel, campaign, site, now);
        expect(allow(person, channel, campaign, site, now, { ok: true })).toEqual(before);
        expect(allow(person, channel, campaign, site, now, { ok: false, reason: "too_long" }).allowed).toBe(false);
      }),
    );
  });
});

it("holds out the share that was asked for, always the same people", () => {
  const ids = Array.from({ length: 5000 }, (_, i) => `p_${i}`);
  const held = ids.filter((id) => isHeldOut({ id: "c", holdoutPercent: 20 }, id));
  expect(held.length / ids.length).toBeCloseTo(0.2, 1);
  expect(ids.filter((id) => isHeldOut({ id: "c", holdoutPercent: 20 }, id))).toEqual(held);
  const more = new Set(ids.filter((id) => isHeldOut({ id: "c", holdoutPercent: 30 }, id)));
  expect(held.every((id) => more.has(id))).toBe(true);
});

it("a day begins at midnight also when the clocks change", () => {
  const start = (at: string, zone: string) => new Date(localDayStart(Date.parse(at), zone)).toISOString();
  expect(start("2026-03-10T12:00:00+09:00", "Asia/Seoul")).toBe("2026-03-09T15:00:00.000Z");
  expect(start("2026-03-08T12:00:00-04:00", "America/New_York")).toBe("2026-03-08T05:00:00.000Z");
  expect(start("2026-11-01T12:00:00-05:00", "America/New_York")).toBe("2026-11-01T04:00:00.000Z");
});
