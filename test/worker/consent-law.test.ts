/** What the law asks besides consent itself: results told in time, two-year confirmations, words of long ago, receipts. */
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import type { Job } from "../../worker/job.ts";
import { run } from "../../worker/jobs/queue.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { DAY } from "../../worker/lib/time.ts";
import { eraseWithReceipt, requireReceipt } from "../../worker/privacy/receipt.ts";
import { readConsentsOf } from "../../worker/profiles/consent.ts";
import { countOpenDuties, listDuties } from "../../worker/profiles/duties.ts";
import { twoYearsAfter } from "../../worker/profiles/duty.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { agree } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

/** The night's search for what is owed, of this site only. */
async function night(h: Harness): Promise<void> {
  h.jobs.length = 0;
  await sendDuties(h.deps, "0 18 * * *");
  const isOurs = (job: Job) => job.kind === "find-consent-duties" && job.siteId === h.site.id;
  while (h.jobs.length > 0) {
    const job = h.jobs.shift() as Job;
    if (isOurs(job)) await run(h.deps, job);
  }
}

const email = { channel: "email", source: "sign_up" } as const;

async function owed(h: Harness) {
  const { duties } = await listDuties(h.deps, h.site.id, { limit: 100 });
  return duties.map(({ userId, kind, channel, granted }) => `${userId} ${kind} ${channel} ${granted}`).sort();
}

describe("the result of a consent", () => {
  it("is owed within fourteen days, and no more once it is told", async () => {
    const h = await harness();
    await agree(h, { userId: "minji" }, email);
    await agree(h, { userId: "seojun" }, { ...email, granted: false });
    await night(h);
    expect(await owed(h)).toEqual(["minji notice email true", "seojun notice email false"]);
    const answer = (await (await h.server("GET", "/v1/consent-duties?kind=notice")).json()) as {
      duties: { userId: string; dueAt: number; isOverdue: boolean; text: string }[];
    };
    const [minji] = answer.duties.filter(({ userId }) => userId === "minji");
    expect(minji).toMatchObject({ dueAt: NOON + 14 * DAY, isOverdue: false });
    expect(minji?.text).toBe("[테스트샵] 2026년 3월 10일 이메일 광고 수신 동의가 처리되었습니다. 문의 02-1234-5678");
    const told = { duties: [{ userId: "minji", kind: "notice", channel: "email" }] };
    expect(await (await h.server("POST", "/v1/consent-duties/done", told)).json()).toEqual({
      success: true,
      closed: 1,
    });
    expect(await (await h.server("POST", "/v1/consent-duties/done", told)).json()).toEqual({
      success: true,
      closed: 0,
    });
    h.clock.at = NOON + 15 * DAY;
    await night(h);
    expect(await owed(h)).toEqual(["seojun notice email false"]);
    expect(await countOpenDuties(h.deps, h.site.id)).toEqual([
      { kind: "notice", channel: "email", open: 1, overdue: 1 },
    ]);
  });

  it("is owed again for another word, and once for the same however often the night repeats", async () => {
    const h = await harness();
    await agree(h, { userId: "minji" }, email);
    for (let times = 0; times < 2; times++) await night(h);
    await h.server("POST", "/v1/consent-duties/done", {
      duties: [{ userId: "minji", kind: "notice", channel: "email" }],
    });
    h.clock.at += DAY;
    await agree(h, { userId: "minji" }, { ...email, granted: false });
    await night(h);
    expect(await owed(h)).toEqual(["minji notice email false"]);
  });
});

describe("the confirmation of two years", () => {
  it("is listed a month before, again two years after it was asked, and never for who refused", async () => {
    const h = await harness();
    await agree(h, { userId: "minji" }, email);
    await agree(h, { userId: "seojun" }, email);
    const asked = { duties: [{ userId: "minji", kind: "reconfirm", channel: "email" }] };
    h.clock.at = twoYearsAfter(NOON) - 31 * DAY;
    await night(h);
    expect(await owed(h)).toEqual([]);
    h.clock.at += 2 * DAY;
    await agree(h, { userId: "seojun" }, { ...email, granted: false });
    await night(h);
    expect(await owed(h)).toEqual(["minji reconfirm email true", "seojun notice email false"]);
    expect((await listDuties(h.deps, h.site.id, { kind: "reconfirm", limit: 9 })).duties[0]?.dueAt).toBe(
      twoYearsAfter(NOON),
    );
    const askedAt = h.clock.at;
    await h.server("POST", "/v1/consent-duties/done", asked);
    h.clock.at += 40 * DAY;
    await night(h);
    expect((await owed(h)).filter((each) => each.includes("reconfirm"))).toEqual([]);
    // Silence is consent still.
    const ref = await locatePerson(h.deps, h.site.id, { userId: "minji" });
    expect((await readConsentsOf(h.deps, [ref])).get(ref.profileId)?.email?.granted).toBe(true);
    h.clock.at = twoYearsAfter(askedAt) - DAY;
    await night(h);
    expect((await owed(h)).filter((each) => each.includes("reconfirm"))).toEqual(["minji reconfirm email true"]);
    await agree(h, { userId: "minji" }, { ...email, granted: false });
    await night(h);
    expect((await owed(h)).filter((each) => each.includes("reconfirm"))).toEqual([]);
  });

  it("falls on the same day, but for the one that a year does not have", () => {
    const day = (text: string) => new Date(twoYearsAfter(Date.parse(text))).toISOString().slice(0, 10);
    expect([day("2024-02-29T00:00:00Z"), day("2024-03-01T00:00:00Z"), day("2025-12-31T00:00:00Z")]).toEqual([
      "2026-02-28",
      "2026-03-01",
      "2027-12-31",
    ]);
  });
});

describe("GET /v1/consent-duties", () => {
  it("pages over all shards, each duty once", async () => {
    const h = await harness();
    const people = Array.from({ length: 12 }, (_, index) => `user-${index}`);
    for (const userId of people) {
      await agree(h, { userId }, email);
      await agree(h, { userId }, { channel: "sms" });
    }
    await night(h);
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const query: string = after ? `&after=${encodeURIComponent(after)}` : "";
      const page = (await (await h.server("GET", `/v1/consent-duties?limit=5${query}`)).json()) as {
        duties: { userId: string; channel: string }[];
        next: string | null;
      };
      seen.push(...page.duties.map(({ userId, channel }) => `${userId} ${channel}`));
      after = page.next;
    }
    expect(seen.sort()).toEqual(people.flatMap((each) => [`${each} email`, `${each} sms`]).sort());
  });

  it("is a file that Excel reads, in which nothing is a formula", async () => {
    const h = await harness();
    await agree(h, { userId: '=HYPERLINK("x")' }, email);
    await night(h);
    const answer = await h.server("GET", "/v1/consent-duties?format=csv");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const file = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await answer.arrayBuffer());
    expect(file.startsWith("\ufeffuserId,anonymousId,")).toBe(true);
    expect(file).toContain(`"'=HYPERLINK(""x"")"`);
    expect(file).toContain("2026-03-24T03:00:00.000Z");
  });

  it("refuses a kind that is none, keeps pages out, and other sites' people", async () => {
    const [h, other] = [await harness(), await harness()];
    await agree(h, { userId: "minji" }, email);
    await night(h);
    expect((await h.server("GET", "/v1/consent-duties?kind=all")).status).toBe(400);
    expect((await h.browser("GET", "/v1/consent-duties")).status).toBe(403);
    expect((await h.server("POST", "/v1/consent-duties/done", { duties: [] })).status).toBe(400);
    expect((await h.browser("POST", "/v1/consent-duties/done", { duties: [] })).status).toBe(403);
    expect(await owed(other)).toEqual([]);
  });
});

describe("POST /v1/consents/import", () => {
  const past = (fields: object = {}) => ({
    userId: "minji",
    channel: "sms",
    granted: true,
    source: "paper_form",
    proof: "form 2024-0113",
    at: "2025-05-02T10:00:00+09:00",
    ...fields,
  });
  const send = (h: Harness, consents: unknown[]) => h.server("POST", "/v1/consents/import", { consents });

  it("holds from when it was said, once, and a newer word stays the last", async () => {
    const h = await harness();
    await agree(h, { userId: "seojun" }, { channel: "sms", granted: false });
    for (let times = 0; times < 2; times++) {
      const answer = await send(h, [past(), past({ userId: "seojun" }), past({ channel: "email", at: NOON - DAY })]);
      expect(await answer.json()).toEqual({ success: true, accepted: 3, refused: [] });
    }
    const refs = await Promise.all(["minji", "seojun"].map((userId) => locatePerson(h.deps, h.site.id, { userId })));
    const states = await readConsentsOf(h.deps, refs);
    expect(refs.map(({ profileId }) => states.get(profileId))).toMatchObject([
      { sms: { granted: true, at: Date.parse("2025-05-02T10:00:00+09:00") }, email: { granted: true } },
      { sms: { granted: false, at: NOON } },
    ]);
    expect(await readHistory(h.deps, refs[0]!, 0, 10)).toHaveLength(2);
    const { db } = h.deps.shards.of(refs[0]!.profileId);
    const { results } = await db
      .prepare("SELECT proof FROM consents WHERE profile_id = ?1 AND channel = 'sms'")
      .bind(refs[0]!.profileId)
      .all();
    expect(results).toEqual([{ proof: "form 2024-0113" }]);
    // Old words were told about by whoever took them.
    await night(h);
    expect((await owed(h)).filter((each) => each.startsWith("minji"))).toEqual(["minji notice email true"]);
  });

  it("names bad rows by place and stores the others; refuses when none is good", async () => {
    const h = await harness();
    const bad = [past({ channel: "pigeon" }), past({ at: NOON + DAY }), past({ userId: undefined })];
    const answer = await send(h, [past(), ...bad]);
    const { accepted, refused } = (await answer.json()) as { accepted: number; refused: { index: number }[] };
    expect([accepted, refused.map(({ index }) => index)]).toEqual([1, [1, 2, 3]]);
    expect((await send(h, bad)).status).toBe(400);
    expect(
      (
        await send(
          h,
          Array.from({ length: 501 }, () => past()),
        )
      ).status,
    ).toBe(400);
  });

  it("keeps pages and other sites out", async () => {
    const [h, other] = [await harness(), await harness()];
    expect((await h.browser("POST", "/v1/consents/import", { consents: [past()] })).status).toBe(403);
    await send(h, [past()]);
    const ref = await locatePerson(other.deps, other.site.id, { userId: "minji" });
    expect((await readConsentsOf(other.deps, [ref])).get(ref.profileId)).toEqual({});
  });
});

describe("a receipt of an erasure", () => {
  it("proves that it happened, not whose it was, and tells when it was changed", async () => {
    const [h, other] = [await harness(), await harness()];
    await agree(h, { userId: "minji@mail.example" }, email);
    const receipt = await eraseWithReceipt(h.deps, h.site.id, { userId: "minji@mail.example" });
    expect(JSON.stringify(receipt)).not.toContain("minji");
    expect(receipt?.rows).toMatchObject({ profiles: 1, consents: 1 });
    const list = (await (await h.server("GET", "/v1/erasures")).json()) as { erasures: unknown[]; next: unknown };
    expect(list).toEqual({ erasures: [receipt], next: null });
    expect((await requireReceipt(h.deps, h.site.id, receipt!.id)).isGenuine).toBe(true);
    await h.deps.control.prepare("UPDATE erasures SET profiles = 2 WHERE id = ?1").bind(receipt!.id).run();
    expect(await (await h.server("GET", `/v1/erasures/${receipt!.id}`)).json()).toMatchObject({ isGenuine: false });
    expect((await other.server("GET", `/v1/erasures/${receipt!.id}`)).status).toBe(404);
    expect((await h.browser("GET", "/v1/erasures")).status).toBe(403);
    expect((await h.server("GET", "/v1/erasures?limit=0")).status).toBe(400);
    expect(await eraseWithReceipt(h.deps, h.site.id, { userId: "nobody" })).toBeUndefined();
  });
});

describe("the page", () => {
  it("shows what is owed, gives it as a file, and closes what it showed", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const page = `/admin/${h.site.id}/people/consents`;
    await agree(h, { userId: "minji@mail.example" }, email);
    await night(h);
    const shown = await (await staff.get(page)).text();
    expect(shown).toContain("m••••@mail.example");
    expect(shown).not.toContain("minji@");
    expect(await (await staff.get(`${page}.csv`)).text()).toContain("minji@mail.example");
    const until = /name="until" value="([^"]+)"/.exec(shown)?.[1] ?? "";
    await agree(h, { userId: "minji@mail.example" }, { channel: "sms" });
    await night(h);
    expect((await staff.post(page, { until })).status).toBe(303);
    expect(await owed(h)).toEqual(["minji@mail.example notice sms true"]);
  });
});
