import { describe, expect, it } from "vitest";
import { harness } from "../support/worker/harness.ts";

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

describe("a gzipped body", () => {
  const track = { type: "track", event: "Product Viewed", userId: "minji", properties: { product_id: "coat" } };
  const send = async (body: BodyInit, encoding = "gzip") => {
    const h = await harness();
    const headers = { authorization: `Bearer ${h.secretKey}`, "content-encoding": encoding };
    return h.fetch("/v1/batch", { method: "POST", headers, body });
  };

  it("is read like a plain one", async () => {
    const answer = await send(await gzip(JSON.stringify({ batch: [track] })));
    expect(await answer.json()).toEqual({ success: true, accepted: 1, refused: [] });
  });

  it("is refused by what it unpacks to", async () => {
    const bomb = await gzip(" ".repeat(20_000_000));
    expect(bomb.byteLength).toBeLessThan(50_000);
    expect((await send(bomb)).status).toBe(413);
  });

  it("is refused when it is none, or of another kind", async () => {
    expect((await send("{}")).status).toBe(400);
    expect((await send((await gzip("{}")).slice(0, 10))).status).toBe(400);
    expect((await send("{}", "br")).status).toBe(415);
  });
});
