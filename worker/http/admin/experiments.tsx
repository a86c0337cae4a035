/** Experiments of a placement: the list, the plan, start and stop, the result. */
import {
  deleteExperiment,
  listExperiments,
  putExperiment,
  requireExperiment,
  startExperiment,
  stopExperiment,
} from "../../experiments/experiments.ts";
import { experimentReport } from "../../experiments/report.ts";
import { type Experiment, ExperimentInput } from "../../experiments/schema.ts";
import { type Issue, Refusal } from "../../lib/errors.ts";
import { applyVariant } from "../../recommend/apply-variant.ts";
import { checkVariants } from "../../recommend/override.ts";
import { requirePlacement } from "../../recommend/placements.ts";
import type { Placement } from "../../recommend/schema.ts";
import {
  changeExperimentFields,
  type ExperimentFields,
  readExperimentFields,
  starterFields,
  toExperimentFields,
  toExperimentInput,
} from "./experiment-fields.ts";
import { DraftPage, ExperimentsPage, pathOf, StartedPage } from "./experiment-pages.tsx";
import { checkForm, issuesIn, text } from "./form.ts";
import { send } from "./frame.tsx";
import { freshId } from "./fresh-id.ts";
import { type AdminContext, goTo, type SiteView, siteView } from "./view.ts";

async function placementOf(c: AdminContext, { deps, site }: SiteView): Promise<Placement> {
  return requirePlacement(deps, site.id, c.req.param("placement") ?? "");
}

/** Throws `not_found` also for an experiment of another placement. */
async function experimentOf(c: AdminContext, { deps, site }: SiteView, placement: Placement): Promise<Experiment> {
  const experiment = await requireExperiment(deps, site.id, c.req.param("id") ?? "");
  if (experiment.definition.placement === placement.id) return experiment;
  throw new Refusal("not_found", "there is no such experiment on this placement");
}

export async function showExperiments(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const experiments = await listExperiments(view.deps, view.site.id, placement.id);
  return send(c, <ExperimentsPage view={view} placement={placement} experiments={experiments} />);
}

export async function showNewExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  return send(c, <DraftPage view={view} placement={placement} fields={starterFields(placement.id)} issues={[]} />);
}

/** A draft to edit, or what is known of one that runs or has ended. */
export async function showExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const experiment = await experimentOf(c, view, placement);
  if (experiment.state === "draft") {
    const fields = toExperimentFields(experiment.name, experiment.definition);
    return send(c, <DraftPage view={view} placement={placement} experiment={experiment} fields={fields} issues={[]} />);
  }
  const report = await experimentReport(view.deps, view.site.id, experiment.id, c.req.query("against"));
  return send(c, <StartedPage view={view} placement={placement} report={report} issues={[]} />);
}

export async function postExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const { deps, site, locale, t } = view;
  const placement = await placementOf(c, view);
  const existing = c.req.param("id") === undefined ? undefined : await experimentOf(c, view, placement);
  if (existing && existing.state !== "draft") return postStarted(c, view, placement, existing);
  const form = c.get("form");
  const before = existing ? toExperimentFields(existing.name, existing.definition) : starterFields(placement.id);
  const fields = readExperimentFields(form, before);
  const again = (shown: ExperimentFields, issues: Issue[], status: 200 | 422 = 422) => {
    const page = <DraftPage view={view} placement={placement} experiment={existing} fields={shown} issues={issues} />;
    return send(c, page, status);
  };
  const changed = changeExperimentFields(fields, text(form, "act"));
  if (changed) return again(changed, [], 200);
  const { input, notJson } = toExperimentInput(fields, placement.id);
  if (notJson.length > 0) {
    const paths = notJson.map((index) => `definition.variants.${index}.rules`);
    return again(
      fields,
      paths.map((path) => ({ path, message: t("experiments.notJson") })),
    );
  }
  const checked = checkForm(ExperimentInput, input, locale);
  if (!checked.ok) return again(fields, checked.issues);
  const { definition, issues } = await checkVariants(deps, site.id, checked.data.definition);
  if (issues.length > 0) return again(fields, issuesIn(locale, issues));
  const taken = (await listExperiments(deps, site.id)).map((each) => each.id);
  const id = existing?.id ?? freshId(checked.data.name, "experiment", taken);
  await putExperiment(deps, site.id, id, { name: checked.data.name, definition });
  return goTo(c, pathOf(view, placement, id), "saved");
}

/** Of what runs, the name and more traffic. */
async function postStarted(
  c: AdminContext,
  view: SiteView,
  placement: Placement,
  { id, name, definition }: Experiment,
): Promise<Response> {
  const form = c.get("form");
  const percent = text(form, "trafficPercent");
  const traffic = percent === "" ? definition.traffic : Number(percent) / 100;
  const input = { name: text(form, "name") || name, definition: { ...definition, traffic } };
  const checked = checkForm(ExperimentInput, input, view.locale);
  const again = async (issues: Issue[]) => {
    const report = await experimentReport(view.deps, view.site.id, id);
    return send(c, <StartedPage view={view} placement={placement} report={report} issues={issues} />, 422);
  };
  if (!checked.ok) return again(checked.issues);
  try {
    await putExperiment(view.deps, view.site.id, id, checked.data);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return again(issuesIn(view.locale, [{ path: "trafficPercent", message: error.message }]));
  }
  return goTo(c, pathOf(view, placement, id), "saved");
}

export async function postStartExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const { id, name, definition, state } = await experimentOf(c, view, placement);
  const all = await listExperiments(view.deps, view.site.id, placement.id);
  if (state === "draft" && all.some((each) => each.state === "running")) {
    const issues = [{ path: "", message: view.t("experiments.taken") }];
    const fields = toExperimentFields(name, definition);
    const experiment = all.find((each) => each.id === id);
    return send(
      c,
      <DraftPage view={view} placement={placement} experiment={experiment} fields={fields} issues={issues} />,
      409,
    );
  }
  await startExperiment(view.deps, view.site.id, id);
  return goTo(c, pathOf(view, placement, id), "experiment-started");
}

export async function postStopExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const { id } = await experimentOf(c, view, placement);
  await stopExperiment(view.deps, view.site.id, id);
  return goTo(c, pathOf(view, placement, id), "experiment-stopped");
}

/** The variant becomes the placement's rule. */
export async function postApplyVariant(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const { id } = await experimentOf(c, view, placement);
  await applyVariant(view.deps, view.site.id, id, text(c.get("form"), "variant"));
  return goTo(c, `/admin/${view.site.id}/placements/${placement.id}`, "variant-applied");
}

export async function postDeleteExperiment(c: AdminContext): Promise<Response> {
  const view = siteView(c);
  const placement = await placementOf(c, view);
  const { id } = await experimentOf(c, view, placement);
  await deleteExperiment(view.deps, view.site.id, id);
  return goTo(c, pathOf(view, placement), "deleted");
}
