/**
 * Where devices are reached: `POST|DELETE /v1/push-subscriptions` by the browser itself, `POST|DELETE /v1/devices` for apps.
 * Being reachable is not being willing: `POST /v1/consents` says that.
 */
import { EVENT_LIMIT_BYTES } from "../../events/schema.ts";
import { type PersonKey, profileIdOf } from "../../lib/ids.ts";
import { endpointIdOf, putEndpoint, removeEndpoints } from "../../profiles/endpoints.ts";
import { DeviceInput, DeviceRemoval, PushSubscriptionInput, PushSubscriptionRemoval } from "../../profiles/schema.ts";
import type { Site } from "../../sites/schema.ts";
import { requireCaller, requireProof } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

async function read(c: HttpContext): Promise<{ site: Site; body: unknown }> {
  const body = await readJson(c, EVENT_LIMIT_BYTES);
  const writeKey = (body as { writeKey?: unknown } | null)?.writeKey;
  const caller = await requireCaller(c, typeof writeKey === "string" ? writeKey : undefined);
  if (typeof body === "object" && body !== null) await requireProof(c, caller, body);
  return { site: caller.site, body };
}

/** The browser where it is named: it is the one that is reached, whoever is signed in. */
function ownerOf(input: { userId?: string | null | undefined; anonymousId?: string | null | undefined }): PersonKey {
  return input.anonymousId != null ? { anonymousId: input.anonymousId } : { userId: input.userId as string };
}

export async function postPushSubscription(c: HttpContext): Promise<Response> {
  const { site, body } = await read(c);
  const input = check(PushSubscriptionInput, body, "the subscription");
  const { subscription, deviceId = null } = input;
  const endpoint = { channel: "web_push", address: subscription, deviceId } as const;
  const { id } = await putEndpoint(c.get("deps"), site.id, ownerOf(input), endpoint);
  return c.json({ success: true, id });
}

export async function deletePushSubscription(c: HttpContext): Promise<Response> {
  const { site, body } = await read(c);
  const input = check(PushSubscriptionRemoval, body, "the subscription");
  const id = endpointIdOf({ endpoint: input.endpoint, keys: { p256dh: "", auth: "" } });
  return remove(c, site, ownerOf(input), id);
}

/** A push token goes with the user where one is signed in: apps have accounts, and tell when that changes. */
export async function postDevice(c: HttpContext): Promise<Response> {
  const { site, body } = await read(c);
  const input = check(DeviceInput, body, "the device");
  const { token, platform, appVersion, deviceId = null } = input;
  const { id } = await putEndpoint(c.get("deps"), site.id, userOf(input), {
    channel: "app_push",
    address: { token, platform, appVersion: appVersion ?? undefined },
    deviceId,
  });
  return c.json({ success: true, id });
}

export async function deleteDevice(c: HttpContext): Promise<Response> {
  const { site, body } = await read(c);
  const input = check(DeviceRemoval, body, "the device");
  return remove(c, site, userOf(input), endpointIdOf({ token: input.token, platform: "android" }));
}

function userOf(input: Parameters<typeof ownerOf>[0]): PersonKey {
  return input.userId != null ? { userId: input.userId } : { anonymousId: input.anonymousId as string };
}

/** `removed: false` when it was not there: asking twice is no mistake. */
async function remove(c: HttpContext, site: Site, person: PersonKey, id: string): Promise<Response> {
  const removed = await removeEndpoints(c.get("deps"), [{ profileId: profileIdOf(site.id, person), id }]);
  return c.json({ success: true, removed: removed > 0 });
}
