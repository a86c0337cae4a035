/**
 * The signed address of one message, for the links in it. It names keys, never a person, and opens nothing but this
 * message's own link, pixel and way out: whoever forwards a mail forwards no account.
 */
import type { Deps } from "../deps.ts";
import type { MessageKey } from "./store.ts";

/** `<profile>.<message>.<signature>`: neither key contains a dot. */
const TOKEN = /^(p_[\w-]{8}_[\w-]{20})\.([\w-]{1,64})\.([\w-]{22})$/;
const PURPOSE = "link";

/** The same message always has the same token; it never runs out, because mails are read years later. */
export async function messageToken(deps: Pick<Deps, "signer">, { profileId, id }: MessageKey): Promise<string> {
  const named = `${profileId}.${id}`;
  return `${named}.${await deps.signer.sign(PURPOSE, named)}`;
}

/** Undefined for everything that this installation did not sign. */
export async function readToken(deps: Pick<Deps, "signer">, token: string): Promise<MessageKey | undefined> {
  const [, profileId, id, signature] = TOKEN.exec(token) ?? [];
  if (profileId === undefined || id === undefined || signature === undefined) return undefined;
  if (!(await deps.signer.verify(PURPOSE, `${profileId}.${id}`, signature))) return undefined;
  return { profileId, id };
}

/** Absolute addresses for one message: the tracked link, the open pixel, and the way out (GET shows, POST unsubscribes). */
export async function linksOf(
  deps: Pick<Deps, "signer" | "config">,
  message: MessageKey,
): Promise<{ click: string; open: string; unsubscribe: string }> {
  const token = await messageToken(deps, message);
  const { publicUrl } = deps.config;
  // The queue has no request whose origin could stand in, and a way out that leads nowhere is unlawful.
  if (publicUrl === "") throw new Error("PUBLIC_URL is not set: links in messages would lead nowhere");
  return {
    click: `${publicUrl}/c/${token}`,
    open: `${publicUrl}/o/${token}.gif`,
    unsubscribe: `${publicUrl}/u/${token}`,
  };
}
