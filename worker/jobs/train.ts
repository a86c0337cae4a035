/** Door: a training as a Workflow. A step that fails is tried again; one that is done is not repeated when a worker is stopped. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { type Bindings, compose } from "../compose.ts";
import { runTraining, type Step } from "../recommend/train.ts";

interface Training {
  siteId: string;
  version: string;
}

const RETRIES = {
  retries: { limit: 3, delay: "10 seconds", backoff: "exponential" },
  timeout: "10 minutes",
} as const;

export class TrainWorkflow extends WorkflowEntrypoint<Bindings, Training> {
  override async run(event: WorkflowEvent<Training>, workflowStep: WorkflowStep): Promise<void> {
    const { siteId, version } = event.payload;
    const deps = await compose(this.env, this.ctx, { workflow: "train", siteId, version });
    // Results are plain JSON by the contract of `Step`; as text they need no proof for the platform's own type.
    const step: Step = async (name, work) =>
      JSON.parse(
        await workflowStep.do(name, RETRIES, async () => {
          const result = JSON.stringify(await work());
          deps.log.info("training step done", { step: name });
          return result;
        }),
      );
    await runTraining(deps, siteId, version, step);
  }
}
