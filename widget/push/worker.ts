/**
 * The service worker's part, for the shop's origin: shows a push, counts its click by leading through the tracked link, and
 * subscribes again when the browser changes the subscription. The shop's own file is one line:
 * `importScripts("https://edge/nunchi-sw.js")`. Who this browser is, the page has left in the cache `nunchi`.
 */

/** What the edge sends: final texts, and the tracked link. */
interface Pushed {
  title?: string;
  body?: string;
  url?: string;
  imageUrl?: string;
  tag?: string;
}

interface Extended extends Event {
  waitUntil(work: Promise<unknown>): void;
  data?: { json(): Pushed };
  notification?: Notification;
  newSubscription?: PushSubscription | null;
}

interface Scope {
  addEventListener(type: string, listen: (event: Extended) => void): void;
  registration: ServiceWorkerRegistration;
  clients: { openWindow(url: string): Promise<unknown> };
  location: Location;
}

const scope = self as unknown as Scope;

scope.addEventListener("push", (event) => {
  let pushed: Pushed = {};
  try {
    pushed = event.data?.json() ?? {};
  } catch {}
  const { title, body, url, imageUrl, tag } = pushed;
  const options = { body, image: imageUrl, tag, data: url } as NotificationOptions;
  // Something is always shown: a push that shows nothing costs the subscription.
  event.waitUntil(scope.registration.showNotification(title ?? scope.location.hostname, options));
});

scope.addEventListener("notificationclick", (event) => {
  event.notification?.close();
  event.waitUntil(scope.clients.openWindow(event.notification?.data ?? "/"));
});

scope.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event.newSubscription)));

async function renew(fresh: PushSubscription | null | undefined): Promise<void> {
  const known = await (await caches.open("nunchi")).match("/nunchi");
  if (!known) return;
  const { edge, key, ...who } = await known.json();
  const { publicKey } = await (await fetch(`${edge}v1/push-key?key=${key}`)).json();
  const options = { userVisibleOnly: true, applicationServerKey: publicKey };
  const subscription = fresh ?? (await scope.registration.pushManager.subscribe(options));
  const body = JSON.stringify({ writeKey: key, ...who, subscription });
  await fetch(`${edge}v1/push-subscriptions`, { method: "POST", body });
}
