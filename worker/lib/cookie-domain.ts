/** For which domain a cookie may be set that several hosts of one owner share. Pure. */

/**
 * What the worker, the page and the site's own origins below the same name have in common. A guess that is a public suffix
 * costs the cookie, never more: browsers refuse it. Undefined: this host alone.
 */
export function domainOf(worker: string, origin: string | undefined, origins: string[]): string | undefined {
  const page = hostOf(origin ?? "");
  const hosts = [page, ...origins.map(hostOf)]
    .filter((host) => host !== undefined)
    .filter((host) => isNear(host, worker));
  const domain = hosts.reduce(commonEnd, worker);
  return /^[\d.]+$|^\[|^[^.]+$/.test(domain) ? undefined : domain;
}

/** Without the star of a wildcard. */
function hostOf(origin: string): string | undefined {
  return /^https?:\/\/(?:\*\.)?([^:/]+)/.exec(origin)?.[1];
}

/** Two names that end alike in more than what a registry gives to everybody: `com`, `co.kr`. */
function isNear(host: string, worker: string): boolean {
  const common = commonEnd(host, worker);
  return common.includes(".") && !/^\w{1,3}\.\w{2}$/.test(common);
}

function commonEnd(one: string, two: string): string {
  const [a, b] = [one.split(".").reverse(), two.split(".").reverse()];
  const length = a.findIndex((label, index) => label !== b[index]);
  return (length < 0 ? a : a.slice(0, length)).reverse().join(".");
}
