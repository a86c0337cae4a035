/** What Hono carries through a request: the composed dependencies and the request's id. */
import type { Context } from "hono";
import type { Bindings, Composed } from "../compose.ts";

export interface HttpEnv {
  Bindings: Bindings;
  Variables: { deps: Composed; requestId: string };
}

export type HttpContext = Context<HttpEnv>;
