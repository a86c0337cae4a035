/** A browser's subscription to push: made when the visitor agrees, kept fresh afterwards, told to the edge each time. */
import type { Offer } from "../../worker/onsite/schema.ts";
import type { Tag } from "../collect/tag.ts";

type Push = NonNullable<Offer["push"]>;

/** The day, and who this browser is. */
const present = (tag: Tag) => new Date().toDateString() + tag.identity().anonymousId;

/** Asks for the browser's permission; what the visitor says goes to the ledger with the words that they read. Never throws. */
export async function subscribe(tag: Tag, { key, worker, textVersion }: Push): Promise<void> {
  try {
    const permission = await Notification.requestPermission();
    const granted = permission === "granted";
    // Closed without a word: that is no answer.
    if (permission !== "default")
      tag.queue.add("v1/consents", {
        ...tag.identity(),
        messageId: tag.newId(),
        channel: "web_push",
        granted,
        night: false,
        source: "push_prompt",
        textVersion,
      });
    if (granted) await register(tag, key, worker, "");
  } catch {}
}

/** `before`: the key that the present subscription was made with. */
async function register(tag: Tag, key: string, worker: string, before: string | undefined): Promise<void> {
  const { serviceWorker } = navigator;
  if (!(await serviceWorker.getRegistration())) await serviceWorker.register(worker);
  const { pushManager } = await serviceWorker.ready;
  if (before !== key) await (await pushManager.getSubscription())?.unsubscribe();
  // Answers the one that there is, if any.
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  tag.queue.add("v1/push-subscriptions", { ...tag.identity(), subscription });
  tag.keep("push", [present(tag), key, worker].join());
  // For the service worker, which may have to subscribe again while no page is open.
  const about = JSON.stringify({ edge: tag.edge, key: tag.key, ...tag.identity() });
  await (await caches.open("nunchi")).put("/nunchi", new Response(about));
}

/**
 * Once a day: is it still there, and made with the site's present key? And at once where somebody has signed out: what is meant
 * for the one who left must not reach who comes next. Never throws.
 */
export async function keepSubscription(tag: Tag): Promise<void> {
  try {
    const [told, before, worker] = (tag.recall("push") ?? "").split(",");
    if (!worker || told === present(tag) || Notification.permission !== "granted") return;
    const { publicKey } = await (await fetch(`${tag.edge}v1/push-key?key=${tag.key}`)).json();
    await register(tag, publicKey, worker, before);
  } catch {}
}
