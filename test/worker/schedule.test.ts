import { expect, it } from "vitest";
import type { Database } from "../../worker/deps.ts";
import type { Job } from "../../worker/job.ts";
import { sendDuties } from "../../worker/jobs/schedule.ts";
import { harness } from "../support/worker/harness.ts";

it("sends the other duties' jobs when one of them fails, and says that it did", async () => {
  const h = await harness();
  const { control } = h.deps;
  const withoutFeeds: Database = {
    prepare(sql) {
      if (sql.includes("FROM feeds")) throw new Error("no feeds today");
      return control.prepare(sql);
    },
    batch: (statements) => control.batch(statements),
  };
  const kinds = async (deps: typeof h.deps) => {
    await sendDuties(deps, "*/15 * * * *");
    return [...new Set((h.jobs.splice(0) as Job[]).map(({ kind }) => kind))].sort();
  };
  const usual = await kinds(h.deps);
  expect(usual).toEqual(expect.arrayContaining(["attribute", "refresh-model"]));
  await expect(kinds({ ...h.deps, control: withoutFeeds })).rejects.toThrow("no feeds today");
  expect([...new Set((h.jobs as Job[]).map(({ kind }) => kind))].sort()).toEqual(usual);
});
