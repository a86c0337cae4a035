/** What is said of people: addresses in one form, attributes in their type, wrong ones named and nobody lost. */
import { describe, expect, it } from "vitest";
import { readHistory } from "../../worker/events/history.ts";
import { profileIdOf } from "../../worker/lib/ids.ts";
import { MINUTE } from "../../worker/lib/time.ts";
import { listAttributes } from "../../worker/profiles/attributes.ts";
import { getProfile, locatePerson } from "../../worker/profiles/person.ts";
import { type Harness, harness } from "../support/worker/harness.ts";
import { staffOf } from "../support/worker/staff.ts";

const identify = (h: Harness, traits: object, userId = "minji") =>
  h.server("POST", "/v1/identify", { userId, messageId: JSON.stringify(traits), traits });
const profile = (h: Harness, userId = "minji") => getProfile(h.deps, profileIdOf(h.site.id, { userId }));

async function refused(h: Harness) {
  const events = await readHistory(h.deps, await locatePerson(h.deps, h.site.id, { userId: "minji" }), 0, 10);
  return events[0]?.properties.refused_traits;
}

const issues = async (answer: Response) =>
  ((await answer.json()) as { error: { issues: { path: string }[] } }).error.issues.map(({ path }) => path);

describe("identify", () => {
  it("stores a Korean number and an address in one form", async () => {
    const h = await harness();
    await identify(h, { phone: "010-1234-5678", email: "Minji@Mail.Example", grade: "gold" });
    expect(await profile(h)).toMatchObject({
      phone: "+821012345678",
      email: "Minji@mail.example",
      traits: { grade: "gold" },
    });
    expect(await refused(h)).toBeUndefined();
  });

  it("keeps the event and what is known when a number is none, and says so in the timeline", async () => {
    const h = await harness();
    await identify(h, { phone: "010-1234-5678" });
    h.clock.at += MINUTE;
    const answer = await identify(h, { phone: "call me", email: "nowhere", grade: "gold" });
    expect(await answer.json()).toMatchObject({ success: true, accepted: 1 });
    expect(await profile(h)).toMatchObject({ phone: "+821012345678", email: null, traits: { grade: "gold" } });
    expect(await refused(h)).toEqual({ phone: "not a telephone number", email: "not an e-mail address" });
  });

  it("lists attributes with the type they came in first, and holds nobody to it before it is declared", async () => {
    const h = await harness();
    await identify(h, { grade: "gold", points: 120, birthday: "1990-04-01", vip: true, sizes: ["S"] });
    await identify(h, { points: "many" });
    expect(await listAttributes(h.deps, h.site.id)).toEqual(
      [
        ["birthday", "date", true],
        ["grade", "string", false],
        ["points", "number", false],
        ["sizes", "list", false],
        ["vip", "boolean", false],
      ].map(([name, type, isPersonal]) => ({ name, type, isPersonal, isDeclared: false })),
    );
    expect((await profile(h))?.traits.points).toBe("many");
  });
});

describe("PUT /v1/attributes/{id}", () => {
  it("holds what comes afterwards to the type, without losing what can be told in it", async () => {
    const h = await harness();
    const answer = await h.server("PUT", "/v1/attributes/points", { type: "number" });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { name: "points", type: "number", isPersonal: false, isDeclared: true },
    ]);
    await identify(h, { points: "42", grade: "gold" });
    expect((await profile(h))?.traits).toEqual({ points: 42, grade: "gold" });
    h.clock.at += MINUTE;
    await identify(h, { points: "many", grade: "silver" });
    expect((await profile(h))?.traits).toEqual({ points: 42, grade: "silver" });
    expect(await refused(h)).toEqual({ points: "not a number" });
    h.clock.at += MINUTE;
    await identify(h, { points: null });
    expect((await profile(h))?.traits).toEqual({ grade: "silver" });
    const list = (await (await h.server("GET", "/v1/attributes")).json()) as { attributes: { name: string }[] };
    expect(list.attributes.map(({ name }) => name)).toEqual(["grade", "points"]);
  });

  it("refuses an unknown type, and keeps pages and other sites out", async () => {
    const [h, other] = [await harness(), await harness()];
    expect((await h.server("PUT", "/v1/attributes/points", { type: "money" })).status).toBe(400);
    expect((await h.browser("PUT", "/v1/attributes/points", { type: "number" })).status).toBe(403);
    expect((await h.browser("GET", "/v1/attributes")).status).toBe(403);
    await h.server("PUT", "/v1/attributes/points", { type: "number" });
    expect(await listAttributes(other.deps, other.site.id)).toEqual([]);
  });
});

describe("PUT /v1/users/{id}", () => {
  it("refuses what does not fit by the field's name, and stores nothing of it", async () => {
    const h = await harness();
    await h.server("PUT", "/v1/attributes/points", { type: "number" });
    const wrong = { phone: "12", email: "x", traits: { points: "many", grade: "gold" } };
    const answer = await h.server("PUT", "/v1/users/minji", wrong);
    expect(answer.status).toBe(400);
    expect(await issues(answer)).toEqual(["traits.points", "email", "phone"]);
    expect(await profile(h)).toBeUndefined();
    expect((await h.server("PUT", "/v1/users/minji", { phone: "02-312-4567" })).status).toBe(200);
    expect((await profile(h))?.phone).toBe("+8223124567");
  });
});

describe("the page of attributes", () => {
  it("shows them, takes a decision, and names what is wrong", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    const page = `/admin/${h.site.id}/people/attributes`;
    await identify(h, { points: 3 });
    expect(await (await staff.get(page)).text()).toContain("points");
    expect((await staff.post(page, { name: "points", type: "string", isPersonal: "yes" })).status).toBe(303);
    expect(await listAttributes(h.deps, h.site.id)).toEqual([
      { name: "points", type: "string", isPersonal: true, isDeclared: true },
    ]);
    expect((await staff.post(page, { name: "points", type: "money" })).status).toBe(422);
  });

  it("hides addresses in the list of people", async () => {
    const h = await harness();
    const staff = await staffOf(h);
    await identify(h, { email: "minji@mail.example" }, "minji@mail.example");
    const list = await (await staff.get(`/admin/${h.site.id}/people`)).text();
    expect(list).toContain("m••••@mail.example");
    expect(list).not.toContain("minji@mail");
  });
});
