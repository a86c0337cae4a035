/**
 * A server that dies and comes back: the built worker, its runtime and its databases' engine in one process group, killed
 * with SIGKILL, so that nothing of it can put anything in order. The databases' files stay.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCRIPT = fileURLToPath(new URL("killable-server.ts", import.meta.url));
const START_LIMIT_MS = 60_000;

export interface Killable {
  url: string;
  /** kill -9 for the whole process group, and back again at the same address; resolves when it listens. */
  restart(): Promise<void>;
  kill(): Promise<void>;
}

export async function startKillable(folder: string, bundle: string, port: number): Promise<Killable> {
  let child = await start(folder, bundle, port);
  return {
    url: `http://127.0.0.1:${port}`,
    async restart() {
      await end(child);
      child = await start(folder, bundle, port);
    },
    kill: () => end(child),
  };
}

async function start(folder: string, bundle: string, port: number): Promise<ChildProcess> {
  const child = spawn(`${ROOT}/node_modules/.bin/node`, [SCRIPT, folder, bundle, String(port)], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server did not start")), START_LIMIT_MS);
    child.once("message", () => {
      clearTimeout(timer);
      resolve();
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code} before it had started`));
    });
  });
  child.removeAllListeners("exit");
  return child;
}

/** Resolves when the process is gone: its port is free then. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  process.kill(-child.pid, "SIGKILL");
  return gone;
}
