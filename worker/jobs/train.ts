import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import type { Bindings } from "../compose.ts";

export class TrainWorkflow extends WorkflowEntrypoint<Bindings, { siteId: string; version: string }> {
  override async run(_event: WorkflowEvent<{ siteId: string; version: string }>, _step: WorkflowStep): Promise<void> {}
}
