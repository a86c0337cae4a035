import type { JobQueue } from "../deps.ts";
import type { Job } from "../job.ts";

/** Cloudflare Queues take 100 messages a call, and 256 KB of them together; the margin is for what the envelope adds. */
const CALL_LIMIT_MESSAGES = 100;
const CALL_LIMIT_BYTES = 240 * 1024;

export function openQueue(queue: Queue<Job>): JobQueue {
  return {
    async send(jobs, options = {}) {
      for (const call of callsOf(jobs)) {
        await queue.sendBatch(
          call.map((body) => ({ body })),
          options.delaySeconds === undefined ? {} : { delaySeconds: options.delaySeconds },
        );
      }
    },
  };
}

function callsOf(jobs: Job[]): Job[][] {
  const calls: Job[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const job of jobs) {
    const size = Buffer.byteLength(JSON.stringify(job));
    const call = calls.at(-1);
    bytes += size;
    if (call && call.length < CALL_LIMIT_MESSAGES && bytes <= CALL_LIMIT_BYTES) call.push(job);
    else {
      calls.push([job]);
      bytes = size;
    }
  }
  return calls;
}
