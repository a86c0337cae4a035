/** `/v1/experiments`: what is tried out on placements, for servers. Secret key only. */
import {
  deleteExperiment,
  listExperiments,
  putExperiment,
  requireExperiment,
  startExperiment,
  stopExperiment,
} from "../../experiments/experiments.ts";
import { experimentReport } from "../../experiments/report.ts";
import type { ExperimentResult } from "../../experiments/result.ts";
import { type Experiment, ExperimentId, ExperimentInput } from "../../experiments/schema.ts";
import { Refusal } from "../../lib/errors.ts";
import { fromMinor } from "../../lib/money.ts";
import { applyVariant } from "../../recommend/apply-variant.ts";
import { checkVariants } from "../../recommend/override.ts";
import { VariantChoice } from "../../recommend/schema.ts";
import { requireServer } from "../caller.ts";
import type { HttpContext } from "../context.ts";
import { check, readJson } from "../errors.ts";

const LIMIT_BYTES = 64 * 1024;

function shape({ siteId: _, ...experiment }: Experiment) {
  return experiment;
}

function idOf(c: HttpContext): string {
  return c.req.param("id") ?? "";
}

/** `GET /v1/experiments[?placement=]` → `{experiments: [{id, name, state, definition, createdAt, …}]}`, newest first. */
export async function getExperiments(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const experiments = await listExperiments(c.get("deps"), site.id, c.req.query("placement"));
  return c.json({ experiments: experiments.map(shape) });
}

export async function getExperiment(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await requireExperiment(c.get("deps"), site.id, idOf(c))));
}

/** `PUT /v1/experiments/{id}` with `{name, definition}`. 409 for changes that would spoil what runs or has ended. */
export async function putExperimentById(c: HttpContext): Promise<Response> {
  const deps = c.get("deps");
  const site = await requireServer(c);
  const id = check(ExperimentId, c.req.param("id"), "the experiment's id");
  const input = check(ExperimentInput, await readJson(c, LIMIT_BYTES), "the experiment");
  const { definition, issues } = await checkVariants(deps, site.id, input.definition);
  if (issues.length > 0) {
    const fields = issues.map(({ path }) => path).join(", ");
    throw new Refusal("bad_request", `the experiment is not valid: ${fields}`, { issues });
  }
  return c.json(shape(await putExperiment(deps, site.id, id, { ...input, definition })));
}

export async function deleteExperimentById(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  await deleteExperiment(c.get("deps"), site.id, idOf(c));
  return c.body(null, 204);
}

/** `POST /v1/experiments/{id}/start`: one at a time on a placement; 409 otherwise. */
export async function postStart(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await startExperiment(c.get("deps"), site.id, idOf(c))));
}

/** `POST /v1/experiments/{id}/stop`: for good. Windows that are still open are counted to their end. */
export async function postStop(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  return c.json(shape(await stopExperiment(c.get("deps"), site.id, idOf(c))));
}

/** `POST /v1/experiments/{id}/apply` with `{variant}` → the placement, which shows it to everybody from here on. */
export async function postApply(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const { variant } = check(VariantChoice, await readJson(c, LIMIT_BYTES));
  return c.json(await applyVariant(c.get("deps"), site.id, idOf(c), variant));
}

/**
 * `GET /v1/experiments/{id}/result[?against=]` → `{experiment, measuredAt, currency, result}`. `result` is null until
 * everybody was counted once. Revenue is in major units of `currency`.
 */
export async function getResult(c: HttpContext): Promise<Response> {
  const site = await requireServer(c);
  const report = await experimentReport(c.get("deps"), site.id, idOf(c), c.req.query("against"));
  const { experiment, measuredAt, result } = report;
  return c.json({
    experiment: shape(experiment),
    measuredAt,
    currency: site.currency,
    result: result && inMajorUnits(result, site.currency),
  });
}

/** As the API tells it. */
export function inMajorUnits(result: ExperimentResult, currency: string): ExperimentResult {
  const convert = ({ revenue, ...others }: ExperimentResult["groups"][number]["metrics"]) => {
    if (!revenue) return others;
    const major = (amount: number) => fromMinor(amount, currency);
    return {
      ...others,
      revenue: { value: major(revenue.value), low: major(revenue.low), high: major(revenue.high) },
    };
  };
  const groups = result.groups.map((group) => ({
    ...group,
    metrics: convert(group.metrics),
    differences: convert(group.differences),
  }));
  return { ...result, groups };
}
