import { createApp } from "./app.ts";
import { type Bindings, compose } from "./compose.ts";
import type { Job } from "./job.ts";
import { consume } from "./jobs/queue.ts";
import { tick } from "./jobs/schedule.ts";

export { TrainWorkflow } from "./jobs/train.ts";
export { PeopleMemory } from "./platform/memory/object.ts";

const app = createApp(compose);

export default {
  fetch: app.fetch,
  scheduled: (controller, env, context) =>
    tick(controller.cron, () => compose(env, context, { cron: controller.cron })),
  queue: (batch, env, context) => consume(batch, () => compose(env, context, { queue: batch.queue })),
} satisfies ExportedHandler<Bindings, Job>;
