/** What an answer says that may be kept for a while. Others are asked for anew: posted ones, and those that say so. */

/**
 * Headers. An answer names the page that asked for it (CORS): another page's browser may not take it for its own.
 * @param by "public": by caches between as well
 */
export const kept = (by: "private" | "public", seconds: number) => ({
  "Cache-Control": `${by}, max-age=${seconds}`,
  Vary: "Origin",
});
