import * as z from "zod";

export const Origin = z
  .string()
  .regex(/^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d+)?$/i, "an origin such as https://shop.example, without a path")
  .transform((origin) => origin.toLowerCase());

const timeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: zone }));
  } catch {
    return false;
  }
}, "an IANA time zone such as Asia/Seoul");

export const Sender = z.object({
  /** Stated in every advertising message (Network Act art. 50(4)). */
  name: z.string().trim().min(1).max(40),
  /** Telephone or e-mail address at which the sender can be reached. */
  contact: z.string().trim().min(3).max(80),
});
export type Sender = z.infer<typeof Sender>;

export const SiteSettings = z.object({
  name: z.string().trim().min(1).max(80),
  origins: z.array(Origin).max(50).default([]),
  timeZone: timeZone.default("Asia/Seoul"),
  locale: z.enum(["ko", "en"]).default("ko"),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "an ISO 4217 code such as KRW")
    .default("KRW"),
  sender: Sender.nullable().default(null),
  dailyCap: z.int().min(0).max(100).default(2),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

export interface Site extends SiteSettings {
  id: string;
  createdAt: number;
}
