/** The demo shop's URL table. It is there only in a demo (DEMO=true), and embeds the tag as any customer would. */
import { Hono } from "hono";
import { Refusal } from "../lib/errors.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { postNewcomer, postSignIn, postSignOut, showAccount } from "./demo/account.tsx";
import { postCart, postCheckout, postWish, showCart, showThanks } from "./demo/cart.tsx";
import { showHome } from "./demo/home.tsx";
import { showCategory, showMissing, showSale, showSearch, showWishes } from "./demo/listing.tsx";
import { showProduct } from "./demo/product.tsx";

/** Built files: `widget/dist/demo`. */
function serveAsset(c: HttpContext): Promise<Response> {
  return c.env.ASSETS.fetch(c.req.raw);
}

export function demoRoutes(): Hono<HttpEnv> {
  const shop = new Hono<HttpEnv>();
  shop.use(async (c, next) => {
    if (!c.get("deps").config.demo) throw new Refusal("not_found", "there is no such address");
    await next();
  });
  shop.get("/shop.css", serveAsset);
  shop.get("/shop.js", serveAsset);
  shop.get("/img/:file", serveAsset);

  shop.get("/", showHome);
  shop.get("/c/:top", showCategory);
  shop.get("/c/:top/:sub", showCategory);
  shop.get("/sale", showSale);
  shop.get("/search", showSearch);
  shop.get("/p/:id", showProduct);
  shop.get("/wishes", showWishes).post(postWish);
  shop.get("/cart", showCart).post(postCart);
  shop.post("/checkout", postCheckout);
  shop.get("/thanks", showThanks);
  shop.get("/account", showAccount);
  shop.post("/sign-in", postSignIn);
  shop.post("/sign-out", postSignOut);
  shop.post("/newcomer", postNewcomer);
  shop.all("*", showMissing);
  return shop;
}
