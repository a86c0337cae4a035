/** A browser that is not this user's after all: undone, kept apart, and done again. */
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { HOUR } from "../../worker/lib/time.ts";
import { linksOf } from "../../worker/messages/tokens.ts";
import { listBrowsers } from "../../worker/profiles/browsers.ts";
import { forgetLinks, locatePerson } from "../../worker/profiles/person.ts";
import { act, agree, messagesOf, openCampaign, tick } from "../support/worker/campaign.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

const seen = async (h: Harness, userId: string) => {
  const events = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, { userId }), 0, 100);
  return events.flatMap(({ itemId }) => itemId ?? []).sort();
};

const signIn = (h: Harness, userId: string, anonymousId: string) =>
  h.server("POST", "/v1/identify", { userId, anonymousId, traits: {} });

async function open(): Promise<Harness> {
  const h = await harness();
  await act(h, { anonymousId: "laptop" }, "product_viewed", "coat-1");
  await signIn(h, "minji", "laptop");
  await act(h, { userId: "minji" }, "product_viewed", "scarf-1");
  return h;
}

describe("/v1/users/{id}/browsers/{anonymousId}", () => {
  it("takes the browser's history from the user, for good, and gives it back", async () => {
    const h = await open();
    const path = "/v1/users/minji/browsers/laptop";
    expect(await seen(h, "minji")).toEqual(["coat-1", "scarf-1"]);
    const answer = await h.server("DELETE", path);
    expect([answer.status, await answer.json()]).toEqual([200, { success: true }]);
    expect(await seen(h, "minji")).toEqual(["scarf-1"]);
    await signIn(h, "minji", "laptop");
    // As on an isolate that has not met the pair.
    forgetLinks([profileIdOf(h.site.id, { userId: "minji" })]);
    await signIn(h, "minji", "laptop");
    expect(await seen(h, "minji")).toEqual(["scarf-1"]);
    expect((await h.server("DELETE", path)).status).toBe(404);
    expect((await h.server("PUT", path)).status).toBe(200);
    expect((await h.server("PUT", path)).status).toBe(200);
    expect(await seen(h, "minji")).toEqual(["coat-1", "scarf-1"]);
  });

  it("leaves it to whoever signed in on it meanwhile", async () => {
    const h = await open();
    await h.server("DELETE", "/v1/users/minji/browsers/laptop");
    await signIn(h, "seojun", "laptop");
    expect(await seen(h, "seojun")).toEqual(["coat-1"]);
    expect((await h.server("PUT", "/v1/users/minji/browsers/laptop")).status).toBe(409);
    expect(await seen(h, "minji")).toEqual(["scarf-1"]);
  });

  it("finishes what was killed between the two sides", async () => {
    const h = await open();
    const [user, browser] = [{ userId: "minji" }, { anonymousId: "laptop" }].map((key) => profileIdOf(h.site.id, key));
    const { db } = h.deps.shards.of(browser!);
    await db
      .prepare("UPDATE links SET unlinked_at = 1 WHERE profile_id = ?1 AND other_id = ?2")
      .bind(browser, user)
      .run();
    expect((await h.server("DELETE", "/v1/users/minji/browsers/laptop")).status).toBe(200);
    expect(await seen(h, "minji")).toEqual(["scarf-1"]);
  });

  it("refuses a pair that was never one, and keeps pages and other sites out", async () => {
    const [h, other] = [await open(), await open()];
    expect((await h.server("PUT", "/v1/users/minji/browsers/phone")).status).toBe(404);
    expect((await h.server("DELETE", `/v1/users/minji/browsers/${"x".repeat(300)}`)).status).toBe(400);
    for (const method of ["PUT", "DELETE"]) {
      expect((await h.browser(method, "/v1/users/minji/browsers/laptop")).status).toBe(403);
      expect((await h.fetch("/v1/users/minji/browsers/laptop", { method })).status).toBe(401);
    }
    await other.server("DELETE", "/v1/users/minji/browsers/laptop");
    expect(await seen(h, "minji")).toEqual(["coat-1", "scarf-1"]);
  });
});

describe("a person's page", () => {
  it("lists browsers, unlinks one and links it again", async () => {
    const h = await open();
    const staff = await staffOf(h);
    const [user, browser] = [{ userId: "minji" }, { anonymousId: "laptop" }].map((key) => profileIdOf(h.site.id, key));
    const page = `/admin/${h.site.id}/people/${user}`;
    expect(await (await staff.get(page)).text()).toContain("laptop");
    const unlinkedAt = async () => (await listBrowsers(h.deps, user!))[0]?.unlinkedAt;
    h.clock.at += 1000;
    expect((await staff.post(`${page}/browsers`, { browser: browser!, act: "unlink" })).status).toBe(303);
    expect(await unlinkedAt()).toBe(h.clock.at);
    expect((await staff.post(`${page}/browsers`, { browser: browser!, act: "link" })).status).toBe(303);
    expect(await unlinkedAt()).toBeNull();
    expect((await staff.post(`${page}/browsers`, { browser: user!, act: "unlink" })).status).toBe(404);
  });
});

it("merges nobody when a forwarded message is clicked by somebody else", async () => {
  const h = await harness();
  await openCampaign(h);
  await act(h, { userId: "minji" }, "product_added_to_cart", "coat-1");
  await agree(h, { userId: "minji" });
  await act(h, { anonymousId: "friend" }, "product_viewed", "lamp-1");
  h.clock.at += HOUR;
  await tick(h);
  const [message] = await messagesOf(h, { userId: "minji" });
  const { click } = await linksOf(h.deps, { profileId: message!.profileId, id: message!.id });
  const answer = await h.fetch(new URL(click).pathname, {
    redirect: "manual",
    headers: { "user-agent": "Mozilla/5.0 (iPhone) Safari/604.1", cookie: "nunchi=friend" },
  });
  // The address tells the shop's page nothing by which it could take the friend for Minji.
  expect([answer.status, answer.headers.get("location")]).toEqual([302, message!.content?.url]);
  expect(answer.headers.get("set-cookie")).toBeNull();
  await act(h, { anonymousId: "friend" }, "product_viewed", "coat-2");
  expect(await listBrowsers(h.deps, profileIdOf(h.site.id, { userId: "minji" }))).toEqual([]);
  const known = await seen(h, "minji");
  expect(known).toContain("coat-1");
  for (const theirs of ["lamp-1", "coat-2"]) expect(known).not.toContain(theirs);
});
