import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Channel } from "../../worker/deps.ts";
import { recordConsent } from "../../worker/events/consent.ts";
import { readHistory } from "../../worker/events/history.ts";
import { type PersonKey, profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR, MINUTE, SECOND } from "../../worker/lib/time.ts";
import { selectMessage } from "../../worker/messages/store.ts";
import { linksOf, messageToken } from "../../worker/messages/tokens.ts";
import { readConsentsOf } from "../../worker/profiles/consent.ts";
import { locatePerson } from "../../worker/profiles/person.ts";
import { openCampaign, runsOf } from "../support/worker/campaign.ts";
import { type Harness, harness, NOON } from "../support/worker/harness.ts";

const CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/147.0 Safari/537.36";
const SHOP = "https://shop.test/coat?color=black#details";
const USER = { userId: "minji" };

interface Sent {
  key: { profileId: string; id: string };
  token: string;
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
}

/** A message that was sent an hour ago to somebody who is known. */
async function sent(
  h: Harness,
  {
    person = USER as PersonKey,
    channel = "email" as Channel,
    provider = "smtp",
    url = SHOP,
    sentAt = NOON - HOUR,
  } = {},
): Promise<Sent> {
  await h.server("POST", "/v1/identify", { ...person, traits: { name: "민지" } });
  const key = { profileId: profileIdOf(h.site.id, person), id: `m_${Math.random().toString(36).slice(2)}` };
  await h.deps.shards
    .of(key.profileId)
    .db.prepare(
      `INSERT INTO messages (profile_id, id, campaign_id, campaign_version, step, channel, provider, state, is_ad, content,
         item_id, created_at, sent_at) VALUES (?1, ?2, 'cart', 3, 'message', ?3, ?4, 'sent', 1, ?5, 'p1', ?6, ?6)`,
    )
    .bind(key.profileId, key.id, channel, provider, JSON.stringify({ title: "t", body: "b", url }), sentAt)
    .run();
  const token = await messageToken(h.deps, key);
  return {
    key,
    token,
    get: (path, headers = {}, method = "GET") =>
      h.fetch(path, {
        method,
        headers: { "user-agent": CHROME, "accept-language": "ko-KR", ...headers },
        redirect: "manual",
      }),
  };
}

async function messageOf(h: Harness, { key }: Sent) {
  const message = await selectMessage(h.deps.shards.of(key.profileId).db, key);
  if (!message) throw new Error("the message is gone");
  return message;
}

async function eventsOf(h: Harness, person: PersonKey) {
  const events = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, person), 0, 100);
  return events.filter((event) => event.name !== "identify");
}

async function consentOf(h: Harness, person: PersonKey, channel: Channel) {
  const ref = await locatePerson(h.deps, h.site.id, person);
  return (await readConsentsOf(h.deps, [ref])).get(ref.profileId)?.[channel];
}

describe("GET /c/{token}", () => {
  it("leads to the stored address and counts the first click of a person", async () => {
    const h = await harness();
    const message = await sent(h);
    const { click } = await linksOf(h.deps, message.key);
    expect(click).toBe(`https://nunchi.test/c/${message.token}`);
    for (const minutes of [0, 5]) {
      h.clock.at = NOON + minutes * MINUTE;
      const answer = await message.get(`/c/${message.token}`);
      expect([answer.status, answer.headers.get("location")]).toEqual([302, SHOP]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect(await messageOf(h, message)).toMatchObject({ clickedAt: NOON, machineClicks: 0, openedAt: null });
    const events = await eventsOf(h, USER);
    expect(events.map((event) => [event.name, event.at, event.properties])).toEqual([
      [
        "message_clicked",
        NOON,
        { message_id: message.key.id, campaign_id: "cart", campaign_version: 3, channel: "email", product_id: "p1" },
      ],
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["a bot", { "user-agent": "Slackbot-LinkExpanding 1.0" }, "GET"],
    ["a link preview of KakaoTalk", { "user-agent": "facebookexternalhit/1.1; kakaotalk-scrap/1.0" }, "GET"],
    ["something without a name", { "user-agent": "" }, "GET"],
    ["HEAD", {}, "HEAD"],
    ["Sec-Purpose: prefetch", { "sec-purpose": "prefetch;prerender" }, "GET"],
    ["Purpose: prefetch", { purpose: "prefetch" }, "GET"],
    ["X-Moz: prefetch", { "x-moz": "prefetch" }, "GET"],
    ["X-Purpose: preview", { "x-purpose": "preview" }, "GET"],
  ])("counts %s apart, and leads on all the same", async (_, headers, method) => {
    const h = await harness();
    const message = await sent(h);
    const answer = await message.get(`/c/${message.token}`, headers, method);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, SHOP]);
    expect(await messageOf(h, message)).toMatchObject({ clickedAt: null, machineClicks: 1 });
    expect(await eventsOf(h, USER)).toEqual([]);
  });

  it("takes a mail's links followed at once for its gateway, other channels' for a person", async () => {
    const h = await harness();
    const atOnce = { sentAt: NOON - SECOND };
    const mail = await sent(h, atOnce);
    await mail.get(`/c/${mail.token}`);
    expect(await messageOf(h, mail)).toMatchObject({ clickedAt: null, machineClicks: 1 });
    h.clock.at = NOON + MINUTE;
    await mail.get(`/c/${mail.token}`);
    expect(await messageOf(h, mail)).toMatchObject({ clickedAt: NOON + MINUTE, machineClicks: 1 });
    h.clock.at = NOON;
    const push = await sent(h, { ...atOnce, channel: "web_push" });
    await push.get(`/c/${push.token}`);
    expect(await messageOf(h, push)).toMatchObject({ clickedAt: NOON, machineClicks: 0 });
  });

  it("never joins the browser to the person", async () => {
    const h = await harness();
    const message = await sent(h);
    await message.get(`/c/${message.token}`, { cookie: "nunchi=visitor-9" });
    expect((await locatePerson(h.deps, h.site.id, USER)).histories).toHaveLength(1);
  });

  it("counts for an anonymous visitor as well", async () => {
    const h = await harness();
    const person = { anonymousId: "visitor-1" };
    const message = await sent(h, { person, channel: "web_push" });
    await message.get(`/c/${message.token}`);
    expect((await eventsOf(h, person)).map((event) => event.name)).toEqual(["message_clicked"]);
  });

  it("leads nowhere but to the web", async () => {
    const h = await harness();
    const message = await sent(h, { url: "javascript:alert(1)" });
    expect((await message.get(`/c/${message.token}`)).status).toBe(404);
  });
});

describe("a bad token", () => {
  it.each(["/c/", "/u/", "/o/"])("is a clear page at %s", async (path) => {
    const h = await harness();
    const message = await sent(h);
    const other = await messageToken(h.deps, { ...message.key, id: "m_other" });
    const foreign = await messageToken(
      { signer: { sign: async () => "A".repeat(22), verify: async () => true } },
      message.key,
    );
    const tampered = message.token.replace(message.key.id, "m_another");
    for (const token of ["x", "p_.m.s", message.token.slice(0, -1), tampered, foreign, other]) {
      const answer = await message.get(`${path}${token}${path === "/o/" ? ".gif" : ""}`);
      expect(answer.status).toBe(404);
      if (path !== "/o/") expect(await answer.text()).toContain("사용할 수 없는 링크입니다");
    }
    expect((await h.fetch(`/u/${tampered}`, { method: "POST" })).status).toBe(404);
    expect(await messageOf(h, message)).toMatchObject({
      clickedAt: null,
      openedAt: null,
      machineClicks: 0,
      machineOpens: 0,
    });
    expect(await eventsOf(h, USER)).toEqual([]);
  });
});

describe("GET /o/{token}.gif", () => {
  it("is a picture of one pixel and counts the first open of a person", async () => {
    const h = await harness();
    const message = await sent(h);
    for (const minutes of [0, 5]) {
      h.clock.at = NOON + minutes * MINUTE;
      const answer = await message.get(`/o/${message.token}.gif`);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/gif"]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(new TextDecoder().decode((await answer.arrayBuffer()).slice(0, 6))).toBe("GIF89a");
    }
    expect(await messageOf(h, message)).toMatchObject({ openedAt: NOON, machineOpens: 0, clickedAt: null });
    expect((await eventsOf(h, USER)).map((event) => event.name)).toEqual(["message_opened"]);
  });

  it("takes Gmail's proxy for its reader and Apple's prefetch for a machine", async () => {
    const h = await harness();
    const message = await sent(h);
    await message.get(`/o/${message.token}.gif`, { "user-agent": "Mozilla/5.0" });
    expect(await messageOf(h, message)).toMatchObject({ openedAt: null, machineOpens: 1 });
    await message.get(`/o/${message.token}.gif`, {
      "user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    });
    expect(await messageOf(h, message)).toMatchObject({ openedAt: NOON, machineOpens: 1 });
  });
});

describe("/u/{token}", () => {
  const agree = (h: Harness, channel: Channel, person: PersonKey = USER) =>
    recordConsent(h.deps, h.site.id, person, { channel, granted: true, source: "test" });

  it("asks on GET and changes nothing", async () => {
    const h = await harness();
    const message = await sent(h);
    await agree(h, "email");
    const answer = await message.get(`/u/${message.token}`);
    const page = await answer.text();
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
    expect(page).toContain('<html lang="ko">');
    expect(page).toContain("테스트샵에서 보내는 이메일 광고를 더 이상 받지 않으시겠어요?");
    expect(page.match(/<button/g)).toHaveLength(1);
    expect((await consentOf(h, USER, "email"))?.granted).toBe(true);
  });

  it("has a policy that allows its own style and nothing else", async () => {
    const h = await harness();
    const message = await sent(h);
    const answer = await message.get(`/u/${message.token}`);
    const style = /<style>([\s\S]*)<\/style>/.exec(await answer.text())?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(answer.headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    );
  });

  it("speaks the reader's language", async () => {
    const h = await harness();
    const message = await sent(h);
    const english = await message.get(`/u/${message.token}`, { "accept-language": "en-US,en;q=0.9,ko;q=0.5" });
    expect(await english.text()).toContain("Stop advertising by e-mail from 테스트샵?");
    await h.server("POST", "/v1/identify", { ...USER, traits: { locale: "ko-KR" } });
    const korean = await message.get(`/u/${message.token}`, { "accept-language": "en-US" });
    expect(await korean.text()).toContain('<html lang="ko">');
  });

  it("refuses this channel at once on POST, and records it once", async () => {
    const h = await harness();
    const message = await sent(h);
    await agree(h, "email");
    await agree(h, "sms");
    h.clock.at = NOON + MINUTE;
    for (let i = 0; i < 2; i++) {
      const answer = await h.fetch(`/u/${message.token}`, { method: "POST", headers: { "accept-language": "ko" } });
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
      expect(await answer.text()).toContain("2026년 3월 10일 현재, 테스트샵에서 이메일 광고를 보내지 않습니다.");
    }
    expect(await consentOf(h, USER, "email")).toMatchObject({ granted: false, at: NOON + MINUTE });
    expect((await consentOf(h, USER, "sms"))?.granted).toBe(true);
    const refusals = (await eventsOf(h, USER)).filter((event) => event.properties.granted === false);
    expect(refusals.map((event) => event.properties.source)).toEqual(["unsubscribe_page"]);
  });

  it("takes a mail program's one click without cookies or keys (RFC 8058)", async () => {
    const h = await harness();
    const message = await sent(h);
    await agree(h, "email");
    h.clock.at = NOON + MINUTE;
    const answer = await h.fetch(`/u/${message.token}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "List-Unsubscribe=One-Click",
      redirect: "manual",
    });
    expect(answer.status).toBe(200);
    const [refusal] = await eventsOf(h, USER);
    expect(refusal?.properties).toMatchObject({ channel: "email", granted: false, source: "one_click" });
  });

  it("works again after the person has agreed again", async () => {
    const h = await harness();
    const message = await sent(h);
    for (const minute of [1, 3]) {
      h.clock.at = NOON + minute * MINUTE;
      await agree(h, "email");
      h.clock.at += MINUTE;
      await h.fetch(`/u/${message.token}`, { method: "POST" });
      expect((await consentOf(h, USER, "email"))?.granted).toBe(false);
    }
  });

  it("refuses for the user when the message went to a browser of theirs", async () => {
    const h = await harness();
    const browser = { anonymousId: "visitor-1" };
    const message = await sent(h, { person: browser, channel: "web_push" });
    await h.server("POST", "/v1/identify", { ...USER, ...browser });
    await agree(h, "web_push");
    h.clock.at = NOON + MINUTE;
    await h.fetch(`/u/${message.token}`, { method: "POST" });
    expect((await consentOf(h, USER, "web_push"))?.granted).toBe(false);
  });
});

it("starts campaigns that wait for a click or a refusal", async () => {
  const h = await harness();
  const message = await sent(h);
  await openCampaign(h, {
    trigger: { kind: "event", events: ["message_clicked", "consent_changed"] },
    reentry: { kind: "every", windowSeconds: 60 },
  });
  await message.get(`/c/${message.token}`);
  expect(await runsOf(h, USER)).toHaveLength(1);
  h.clock.at = NOON + HOUR;
  await h.fetch(`/u/${message.token}`, { method: "POST" });
  expect(await runsOf(h, USER)).toHaveLength(2);
});

it("are not written by a worker that does not know its own address", async () => {
  const h = await harness();
  const deps = { ...h.deps, config: { ...h.deps.config, publicUrl: "" } };
  const key = { profileId: profileIdOf(h.site.id, { userId: "minji" }), id: "m_1" };
  await expect(linksOf(deps, key)).rejects.toThrow("PUBLIC_URL is not set");
});
