import { expect, it } from "vitest";
import { domainOf } from "../../worker/lib/cookie-domain.ts";

it.each([
  ["a folder of the shop's own host", "shop.example", "https://shop.example", [], "shop.example"],
  ["a subdomain beside the shop's", "n.shop.example", "https://www.shop.example", [], "shop.example"],
  [
    "a shop that lists its subdomains",
    "www.shop.example",
    "https://www.shop.example",
    ["https://m.shop.example"],
    "shop.example",
  ],
  ["a shop with a wildcard", "www.shop.co.kr", "https://www.shop.co.kr", ["https://*.shop.co.kr"], "shop.co.kr"],
  [
    "another shop of the same owner",
    "www.shop.co.kr",
    "https://www.shop.co.kr",
    ["https://www.other.co.kr"],
    "www.shop.co.kr",
  ],
  [
    "another top-level domain",
    "www.shop.example",
    "https://www.shop.example",
    ["https://www.other.example"],
    "www.shop.example",
  ],
  [
    "no origin, as in a same-origin call",
    "www.shop.example",
    undefined,
    ["https://www.shop.example"],
    "www.shop.example",
  ],
  ["an address of digits", "127.0.0.1", "http://127.0.0.1:8787", [], undefined],
  ["a machine's own name", "localhost", "http://localhost:8787", [], undefined],
])("the domain for %s", (_, worker, origin, origins, domain) => {
  expect(domainOf(worker, origin, origins)).toBe(domain);
});
