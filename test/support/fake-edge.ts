/**
 * A shop's page and an edge on two origins, for what only a real browser shows: content security policies, hostile styles,
 * blocked storage, a server that is down. The tag's files are the ones that are served; the edge's answers are the test's.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bundlePushWorker, bundleTag } from "../../widget/build.ts";

export interface EdgeItem {
  id: string;
  title: string;
  brand?: string;
  priceText?: string;
  listPriceText?: string;
  badge?: string;
  reason?: string;
  imageUrl?: string;
}

export interface Received {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown> & {
    batch?: { type: string; event?: string; messageId: string; properties?: Record<string, unknown> }[];
  };
}

export interface EdgeAnswer {
  status?: number;
  body?: string;
  type?: string;
  /** Answers only then. */
  after?: Promise<unknown>;
}

export interface FakeEdge {
  /** Of the edge, and of the shop. */
  url: string;
  shop: string;
  received: Received[];
  /** Names of all events, in the order of arrival. */
  names(): string[];
  /** Replaces what the shop serves at "/" and what the edge answers. */
  serve(page: { html: string; headers?: Record<string, string> }): void;
  answer(how: (request: Received) => EdgeAnswer | undefined): void;
  /** The edge stops listening, and comes back at the same address. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 5"><rect width="4" height="5" fill="#c8cdd6"/></svg>';

/** The markup of `GET /v1/widgets/recommendations`. */
export function fragmentOf(
  placement: string,
  items: EdgeItem[],
  layout: "grid" | "scroll" = "grid",
  title = "추천 상품",
) {
  const cards = items.map(
    (item, index) =>
      `<li><a part="card" href="/p/${item.id}" data-item-id="${item.id}" data-position="${index + 1}">` +
      `<img part="image" src="${item.imageUrl ?? `/img/${item.id}.svg`}" alt="" loading="lazy" decoding="async" width="300" height="400">` +
      `${item.brand ? `<span part="brand">${item.brand}</span>` : ""}<span part="name">${item.title}</span>` +
      `${item.priceText ? `<span part="price">${item.priceText}</span>` : ""}` +
      `${item.listPriceText ? `<s part="list-price">${item.listPriceText}</s>` : ""}` +
      `${item.badge ? `<span part="badge">${item.badge}</span>` : ""}<span part="reason">${item.reason ?? ""}</span></a>` +
      `<button type="button" part="dismiss" aria-label="${item.title}: 관심 없음" title="관심 없음"></button>` +
      `<div part="dismissed" hidden><span>이 상품은 더 추천하지 않을게요.</span>` +
      `<button type="button" part="undo" aria-label="${item.title}: 되돌리기">되돌리기</button></div></li>`,
  );
  const told = { recommendation_id: `rec_${placement}`, placement, fallback_level: "popular" };
  return (
    `<section part="section" class="nunchi" lang="ko" data-recommendation-id="rec_${placement}" data-placement="${placement}" data-fallback="popular" data-told='${JSON.stringify(told)}'>` +
    `<h2 part="title">${title}</h2><ul part="list" class="${layout}">${cards.join("")}</ul></section>`
  );
}

export async function startFakeEdge(): Promise<FakeEdge> {
  const files = new Map([...(await bundleTag()), ...(await bundlePushWorker())]);
  const received: Received[] = [];
  let page: { html: string; headers?: Record<string, string> } = { html: "" };
  let how: (request: Received) => EdgeAnswer | undefined = () => undefined;

  const shop = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://shop");
    if (pathname === "/nunchi-sw.js") end(response, { body: files.get("nunchi-sw.js") ?? "", type: "text/javascript" });
    else if (pathname.startsWith("/img/")) end(response, { body: PICTURE, type: "image/svg+xml" });
    else if (pathname.startsWith("/p/"))
      end(response, { body: "<!doctype html><title>P</title><h1>P</h1>", type: "text/html" });
    else end(response, { body: page.html, type: "text/html; charset=utf-8" }, page.headers);
  });

  const edge = createServer(async (request, response) => {
    const address = new URL(request.url ?? "/", "http://edge");
    const cors = {
      "access-control-allow-origin": request.headers.origin ?? "*",
      "access-control-allow-credentials": "true",
      "access-control-allow-headers": "content-type",
    };
    const file = files.get(address.pathname.slice(1));
    const type = address.pathname.endsWith(".css") ? "text/css" : "text/javascript";
    if (file !== undefined) return end(response, { body: file, type }, cors);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const call: Received = {
      method: request.method ?? "",
      path: address.pathname,
      query: Object.fromEntries(address.searchParams),
      headers: request.headers,
      body: text ? JSON.parse(text) : {},
    };
    received.push(call);
    const answer = how(call) ?? { body: "{}" };
    await answer.after;
    end(response, answer, cors);
  });

  const shopPort = await listen(shop, 0);
  let edgePort = await listen(edge, 0);

  return {
    get url() {
      return `http://127.0.0.1:${edgePort}`;
    },
    shop: `http://127.0.0.1:${shopPort}`,
    received,
    names: () => received.flatMap(({ body }) => (body.batch ?? []).map(({ type, event }) => event ?? type)),
    serve(next) {
      page = next;
    },
    answer(next) {
      how = next;
    },
    down: () => stop(edge),
    async up() {
      edgePort = await listen(edge, edgePort);
    },
    async close() {
      await Promise.all([stop(shop), stop(edge)]);
    },
  };
}

function end(response: ServerResponse, answer: EdgeAnswer, headers: Record<string, string> = {}): void {
  const { status = 200, body = "", type = "application/json" } = answer;
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(status === 204 ? undefined : body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections();
    if (server.listening) server.close(() => resolve());
    else resolve();
  });
}
