import * as z from "zod";
import { SiteSettings } from "../sites/schema.ts";

/** One account per address, however it is typed. */
export function normalizeEmail(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

const Email = z.preprocess((value) => (typeof value === "string" ? normalizeEmail(value) : value), z.email().max(254));

/** A key that is known beforehand, so that a demo page can carry it. */
const FixedPublicKey = z.string().regex(/^pk_[\w-]{4,64}$/, "pk_ and 4 to 64 letters, digits, _ or -");

export const NewSite = z.object({ site: SiteSettings, publicKey: FixedPublicKey.optional() });
export type NewSite = z.infer<typeof NewSite>;

export const Setup = NewSite.extend({ staff: z.object({ email: Email, password: z.string() }) });
export type Setup = z.infer<typeof Setup>;
