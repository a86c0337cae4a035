/**
 * People as a shop's server sees them: `GET|PUT|DELETE /v1/users/{id}`, `GET /v1/users/{id}/export`. Secret key only.
 * `{id}` is the shop's own user id; `?idType=anonymousId` speaks of a browser nobody signed in on.
 */
import { stream } from "hono/streaming";
import { startRuns } from "../../campaigns/enter.ts";
import { collect } from "../../events/collect.ts";
import { EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { NOT_A_PHONE, NOT_AN_EMAIL } from "../../events/traits.ts";
import { Refusal } from "../../lib/errors.ts";
import type { PersonKey } from "../../lib/ids.ts";
import { exportPerson } from "../../privacy/export.ts";
import { eraseWithReceipt } from "../../privacy/receipt.ts";
import { fitTraits } from "../../profiles/attributes.ts";
import { readConsentsOf } from "../../profiles/consent.ts";
import { countryOf, emailOf, phoneOf } from "../../profiles/contact.ts";
import { byShard, getProfile, locatePerson } from "../../profiles/person.ts";
import { PersonId, UserInput } from "../../profiles/schema.ts";
import { getProfiles } from "../../profiles/store.ts";
import type { Site } from "../../sites/schema.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

function personOf(c: HttpContext): PersonKey {
  const { id, idType } = check(PersonId, { id: c.req.param("id"), idType: c.req.query("idType") }, "the person's id");
  return idType === "userId" ? { userId: id } : { anonymousId: id };
}

function unknown(): Refusal {
  return new Refusal("not_found", "there is no such person");
}

async function answerUser(c: HttpContext, site: Site, person: PersonKey): Promise<Response> {
  const deps = c.get("deps");
  const ref = await locatePerson(deps, site.id, person);
  const profile = await getProfile(deps, ref.profileId);
  if (!profile) throw unknown();
  const browsers = ref.histories.slice(1);
  const [consents, devices] = await Promise.all([
    readConsentsOf(deps, [ref]),
    Promise.all([...byShard(deps, browsers)].map(([shard, ids]) => getProfiles(shard.db, ids))),
  ]);
  const { userId, anonymousId, email, phone, locale, timeZone, traits, firstSeenAt, lastSeenAt } = profile;
  return c.json({
    userId,
    anonymousId,
    anonymousIds: devices.flat().flatMap((device) => device.anonymousId ?? []),
    email,
    phone,
    locale,
    timeZone,
    traits,
    consents: consents.get(ref.profileId) ?? {},
    firstSeenAt,
    lastSeenAt,
  });
}

/** `anonymousIds`: the browsers that are this user's. `consents`: what holds now, by channel. Times in epoch ms. */
export async function getUser(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return answerUser(c, site, personOf(c));
}

/** Throws `bad_request` by field: an event's wrong number is left out, a caller who waits is told. */
async function requireFit(
  c: HttpContext,
  site: Site,
  said: { email?: string | undefined; phone?: string | undefined; traits: Record<string, unknown> },
): Promise<void> {
  const [fitted] = await fitTraits(c.get("deps"), site.id, [said.traits]);
  const issues = Object.entries(fitted?.refused ?? {}).map(([name, message]) => ({ path: `traits.${name}`, message }));
  if (said.email !== undefined && emailOf(said.email) === undefined)
    issues.push({ path: "email", message: NOT_AN_EMAIL });
  if (said.phone !== undefined && phoneOf(said.phone, countryOf(site.currency)) === undefined)
    issues.push({ path: "phone", message: NOT_A_PHONE });
  if (issues.length === 0) return;
  const fields = issues.map(({ path }) => path).join(", ");
  throw new Refusal("bad_request", `the person is not valid: ${fields}`, { issues });
}

/** Makes the person known if they are not, merges the traits, and answers the whole person. In the timeline: identify. */
export async function putUser(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const person = personOf(c);
  const { traits, ...others } = check(UserInput, await readJson(c, EVENT_LIMIT_BYTES), "the person");
  await requireFit(c, site, { ...others, traits });
  const { refused } = await collect(
    deps,
    { siteId: site.id, now: deps.clock.now(), sentAt: undefined, isBot: false },
    [{ type: "identify", ...person, traits: { ...traits, ...others } }],
    await startRuns(deps, site.id),
  );
  const issues = refused[0]?.issues;
  if (issues) throw new Refusal("bad_request", "the person is not valid", { issues });
  return answerUser(c, site, person);
}

/** Erases and answers with a receipt, which names nobody. */
export async function deleteUser(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const receipt = await eraseWithReceipt(c.get("deps"), site.id, personOf(c));
  if (!receipt) throw unknown();
  return c.json(receipt);
}

/** Everything that is stored about the person, as one JSON file. */
export async function getUserExport(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const person = personOf(c);
  const { profileId } = await locatePerson(deps, site.id, person);
  if (!(await getProfile(deps, profileId))) throw unknown();
  c.header("Content-Type", "application/json; charset=utf-8");
  c.header("Content-Disposition", 'attachment; filename="person.json"');
  c.header("Cache-Control", "no-store");
  return stream(c, async (out) => {
    for await (const piece of exportPerson(deps, site.id, person)) await out.write(piece);
  });
}
