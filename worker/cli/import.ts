/**
 * `npm run import`: a catalog or a shop's history into a site. It runs in Node.js beside the worker and speaks to it only over
 * HTTP; it is here, and not in a folder of its own, because it is a door of the product like `http/` and `jobs/`. The
 * worker's bundle never contains it.
 */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Presets, SingleBar } from "cli-progress";
import { sha256 } from "../lib/hash.ts";
import { Checkpoint } from "./checkpoint.ts";
import { compileMapping, type RowMapper } from "./mapping.ts";
import { HELP, type Options, readOptions } from "./options.ts";
import { openRows, type RowFile } from "./rows.ts";
import { runImport, type Tally, type Watcher } from "./run.ts";
import { ServerStop } from "./server.ts";
import { openSite } from "./site-keys.ts";

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === "help") {
    console.log(HELP);
    return 0;
  }
  const file = await openRows(options.source);
  const map = compileMapping(options.kind, options.mapping, file.columns, options);
  if (options.preview) return preview(file, map);
  const key = options.key ?? (await keyOfSite(options));
  const checkpoint = checkpointOf(options);
  if (options.restart) checkpoint.forget();
  const startedAt = Date.now();
  const { kind, url, refusedPath } = options;
  const job = { kind, path: options.source.path, file, map, server: { url, key }, checkpoint, refusedPath };
  const tally = await withProgressBar((watcher) => runImport(job, watcher));
  const seconds = Math.max(0.1, (Date.now() - startedAt) / 1000);
  const where = tally.refused > 0 ? ` (see ${refusedPath})` : "";
  console.log(
    `${kind}: ${count(tally.rows)} rows, ${count(tally.accepted)} accepted, ${count(tally.refused)} refused${where}, ` +
      `${seconds.toFixed(1)} s`,
  );
  return tally.refused > 0 ? 2 : 0;
}

async function preview(file: RowFile, map: RowMapper): Promise<number> {
  for await (const { rows } of file.slices) {
    for (const row of rows.slice(0, 3)) {
      const mapped = row.problem === undefined ? map(row.values) : { ok: false as const, reason: row.problem };
      console.log(
        `row ${row.number}: ${mapped.ok ? JSON.stringify(mapped.value, null, 2) : `refused: ${mapped.reason}`}`,
      );
    }
    break;
  }
  return 0;
}

async function keyOfSite(options: Options): Promise<string> {
  if (!options.site) throw new Error("say where to: --key sk_… or --site-name NAME");
  const { keys, isNew } = await openSite(options.stateFolder, options.url, options.site);
  if (isNew) {
    console.log(`made the site "${options.site.name}": ${keys.siteId}`);
    console.log(`  public key  ${keys.publicKey}\n  secret key  ${keys.secretKey}`);
  }
  return keys.secretKey;
}

/** One checkpoint for each way of importing a file: other columns or another site are another import. */
function checkpointOf(options: Options): Checkpoint {
  const { kind, source, mapping, url, site, key } = options;
  const path = resolve(source.path);
  const { size, mtimeMs } = statSync(path);
  const name = sha256(JSON.stringify([kind, { ...source, path }, mapping, url, site?.name ?? sha256(key ?? "")]), 16);
  return new Checkpoint(join(options.stateFolder, `${name}.json`), `${size}-${mtimeMs}`);
}

async function withProgressBar(work: (watcher: Watcher) => Promise<Tally>): Promise<Tally> {
  const bar = new SingleBar(
    {
      format: "{percentage}% |{bar}| {rows} rows, {refused} refused, {eta_formatted} left",
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
    },
    Presets.shades_classic,
  );
  bar.start(1000, 0, { rows: 0, refused: 0 });
  try {
    return await work({
      resumed: (lastRow) => console.error(`going on after row ${count(lastRow)}, where the last run was interrupted`),
      progress: (share, { rows, refused }) => bar.update(Math.round(share * 1000), { rows, refused }),
    });
  } finally {
    bar.stop();
  }
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

try {
  process.exitCode = await main();
} catch (error) {
  // A plain Error and a system's or parseArgs's coded one are written for the person who typed; anything else is a fault here.
  const isForPerson =
    error instanceof Error && (error.constructor === Error || error instanceof ServerStop || "code" in error);
  console.error(isForPerson ? `import: ${error.message}` : error);
  if (error instanceof ServerStop) console.error("What was acknowledged is kept: run the same command again to go on.");
  process.exitCode = 1;
}
