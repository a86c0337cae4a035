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

/** What a visitor's browser says about being recorded, and what a site makes of it; see events/privacy.ts. */
export const Privacy = z.object({
  /**
   * A browser that sends `Sec-GPC: 1` or `DNT: 1`. ignore: like any other. no_ads: recorded under the browser's id alone, never
   * joined to a user, and no campaign starts. no_tracking: not recorded, and answered as a stranger.
   */
  gpc: z.enum(["ignore", "no_ads", "no_tracking"]).default("no_ads"),
  /** off: recorded unless the visitor said no. opt_in: nothing of a browser is recorded before the visitor has said yes. */
  consentMode: z.enum(["off", "opt_in"]).default("off"),
});
export type Privacy = z.infer<typeof Privacy>;

/** Calls a minute, with bursts of as many; see platform/rate-limit.ts for what counts them. */
export const Limits = z.object({
  /** Of one address with one public key, at each kind of call. */
  browserPerMinute: z.int().min(10).max(1_000_000).default(6000),
  /** Of one secret key, over all of its servers. */
  serverPerMinute: z.int().min(10).max(1_000_000_000).default(120_000),
});
export type Limits = z.infer<typeof Limits>;

/** An image service's address with `{width}` (CSS pixels) and `{url}` (the picture's own address) in it. */
const ImageTemplate = z
  .string()
  .trim()
  .max(500)
  .regex(/^https:\/\/[^{]*(\{(url|width)\}[^{]*)+$/, "an https address with {width} and {url} in it")
  .refine((text) => text.includes("{width}") && text.includes("{url}"), "it has to contain {width} and {url}");

/** Name of an event, as `wordOf` of events/alias.ts writes it → ours. */
export const EventAliases = z
  .record(z.string().min(1).max(128), z.string().min(1).max(128))
  .refine((names) => Object.keys(names).length <= 100, "at most 100 names");

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
  privacy: Privacy.prefault({}),
  limits: Limits.prefault({}),
  /** Where pictures come from in other widths; null: each picture as the catalog has it. See catalog/picture.ts. */
  imageTemplate: ImageTemplate.nullable().default(null),
  /** What this site's own names of events mean; they go before the names that we know. */
  eventAliases: EventAliases.default({}),
  /** A page that names a user has to prove it (`userHash`); see sites/identity.ts. */
  verifyUsers: z.boolean().default(false),
});
export type SiteSettings = z.infer<typeof SiteSettings>;

export interface Site extends SiteSettings {
  id: string;
  createdAt: number;
  /** Which of the secrets that prove users counts: one more makes the ones before worthless. */
  identityGeneration: number;
}
