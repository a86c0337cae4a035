/** One demo for all browser tests: the same start script as `npm start`, on a free port, with a state folder of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type Demo, freePort, startDemo } from "../../widget/demo/start.ts";

export type DemoAddress = Omit<Demo, "tick" | "stop">;

declare module "vitest" {
  interface ProvidedContext {
    demo: DemoAddress;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "nunchi-demo-"));
  const { tick: _tick, stop, ...demo } = await startDemo({ port: await freePort(), folder });
  project.provide("demo", demo);
  return async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
