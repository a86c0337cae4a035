/**
 * How many calls a minute somebody may make, without a row written for any of them.
 *
 * embedded    a token bucket in the isolate's memory: exact, at once, and by the site's own numbers, but each isolate counts for
 *             itself, so that a caller who is spread over n of them gets n times as much.
 * cloudflare  the same, and behind it Cloudflare's rate limit binding, which all isolates of one location share. Its numbers are
 *             those of wrangler.toml, the ceiling of the installation; it is eventually consistent, and no location knows of another.
 *
 * Neither is an exact count over the world: they are against runaway scripts and floods, not for billing.
 */
import type { RateLimits } from "../deps.ts";
import { MINUTE, SECOND } from "../lib/time.ts";

/** A token that was waited for is there, whatever floating point makes of sixths. */
const ROUNDING = 1e-6;

interface Bucket {
  tokens: number;
  at: number;
}

/** Callers an isolate remembers; who has been forgotten starts with a full bucket. */
const MOST_BUCKETS = 20_000;
const buckets = new Map<string, Bucket>();

/** A bucket of `perMinute` tokens that fills in a minute. Pure but for the bucket. */
function take(bucket: Bucket, perMinute: number, now: number): number {
  const perMs = perMinute / MINUTE;
  // A clock that was moved back gives nothing and takes nothing.
  bucket.tokens = Math.min(perMinute, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
  bucket.at = now;
  if (bucket.tokens < 1 - ROUNDING) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / SECOND));
  bucket.tokens--;
  return 0;
}

export function openBuckets(now: () => number): RateLimits {
  return {
    async take(key, perMinute) {
      const known = buckets.get(key);
      const bucket = known ?? { tokens: perMinute, at: now() };
      if (!known && buckets.size >= MOST_BUCKETS) {
        const oldest = buckets.keys().next().value;
        if (oldest !== undefined) buckets.delete(oldest);
      }
      if (!known) buckets.set(key, bucket);
      return take(bucket, perMinute, now());
    },
  };
}

/** What the binding answers; nothing says how long to wait, so it is its period. */
interface RateLimitBinding {
  limit(options: { key: string }): Promise<{ success: boolean }>;
}

const BINDING_PERIOD_SECONDS = 60;

export function openRateLimits(
  now: () => number,
  bindings: { browser: RateLimitBinding; server: RateLimitBinding },
): RateLimits {
  const own = openBuckets(now);
  return {
    async take(key, perMinute, caller) {
      const wait = await own.take(key, perMinute, caller);
      if (wait > 0) return wait;
      return (await bindings[caller].limit({ key })).success ? 0 : BINDING_PERIOD_SECONDS;
    },
  };
}
