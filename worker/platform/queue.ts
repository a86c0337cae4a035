import type { JobQueue } from "../deps.ts";
import type { Job } from "../job.ts";

/** Cloudflare Queues take 100 messages a call. */
export function openQueue(queue: Queue<Job>): JobQueue {
  return {
    async send(jobs, options = {}) {
      for (let start = 0; start < jobs.length; start += 100) {
        await queue.sendBatch(
          jobs.slice(start, start + 100).map((body) => ({ body })),
          options.delaySeconds === undefined ? {} : { delaySeconds: options.delaySeconds },
        );
      }
    },
  };
}
