/**
 * May our servers ask this address on behalf of a customer? Only http and https to a name or address of the public internet
 * (RFC 6890: no loopback, private, link-local, shared, documentation or multicast ranges). A public name that points to such a
 * range is not recognized here; Cloudflare's network does not route there.
 */
const LOCAL_NAMES = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|home\.arpa|onion)$/;

/** Why not, or undefined. */
export function whyNotPublic(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url) return "it is not an address";
  if (url.protocol !== "http:" && url.protocol !== "https:") return "only http and https are asked";
  if (url.username || url.password) return "an address with a password in it is not asked";
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  if (host.startsWith("[")) return isPublicV6(host.slice(1, -1)) ? undefined : "it is not on the public internet";
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicV4(host) ? undefined : "it is not on the public internet";
  if (!host.includes(".") || LOCAL_NAMES.test(host)) return "it is not on the public internet";
  return undefined;
}

const RESERVED_V4: [network: string, bits: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const asNumber = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function isPublicV4(address: string): boolean {
  const value = asNumber(address);
  return !RESERVED_V4.some(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(value / size) === Math.floor(asNumber(network) / size);
  });
}

/** Global unicast is 2000::/3; within it, ranges that carry an IPv4 address or lead nowhere are left out. */
function isPublicV6(address: string): boolean {
  if (!/^[23]/.test(address) || address.indexOf(":") !== 4) return false;
  return !/^(?:2002:|2001:(?:0{0,4}:|0?db8:)|64:ff9b:)/.test(address) && !address.startsWith("2001::");
}
