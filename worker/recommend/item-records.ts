/** What a model has recorded of each item, as an isolate holds what was asked for lately: rows, lists, parts of taste. */
import type { Deps } from "../deps.ts";
import { UseOrder } from "../lib/use-order.ts";
import type { RowSource } from "./candidates.ts";
import { type Row, unpackRow } from "./engine/codec.ts";
import { unpackList } from "./engine/lists.ts";
import { type TasteRow, unpackTaste } from "./engine/taste.ts";
import type { ServingModel } from "./model.ts";
import { selectModelRows } from "./store.ts";

/** `version/revision` → index → what is recorded of an item, unpacked: 1 to 1.5 KB each, some 15 MB at most. */
const records = new UseOrder<string, Map<number, ItemRecord>>();
const RECORDS_KEPT = 10_000;
let recordsKept = 0;

interface ItemRecord {
  row: Row | undefined;
  list: Int32Array | undefined;
  taste: TasteRow | undefined;
}
const NO_RECORD: ItemRecord = { row: undefined, list: undefined, taste: undefined };

/** Of a model that is let go. @param name `version/revision` */
export function forgetRecords(name: string): void {
  recordsKept -= records.get(name)?.size ?? 0;
  records.delete(name);
}

/** Records of these items, from the isolate where it has them: one statement for the others, a row or two read each. */
export async function readRows(
  deps: Deps,
  siteId: string,
  model: ServingModel,
  itemIds: Iterable<string>,
): Promise<RowSource> {
  const { version, revision } = model;
  const kept = recordsOf(`${version}/${revision}`);
  const found = new Map<number, ItemRecord>();
  const missing = new Map<string, number>();
  for (const id of itemIds) {
    const index = model.ids.indexOf(id);
    if (index === undefined) continue;
    const record = kept.get(index);
    if (record) found.set(index, record);
    else missing.set(id, index);
  }
  if (missing.size > 0) {
    try {
      const packed = await selectModelRows(deps.control, siteId, version, [...missing.keys()], revision > 0);
      const read = new Map(
        packed.map(({ itemId, row, list, taste }) => [
          itemId,
          {
            row: row.length > 0 ? unpackRow(row) : undefined,
            list: list ? unpackList(list) : undefined,
            taste: taste ? unpackTaste(taste) : undefined,
          },
        ]),
      );
      for (const [id, index] of missing) {
        const record = read.get(id) ?? NO_RECORD;
        found.set(index, record);
        keepRecord(kept, index, record);
      }
    } catch (error) {
      deps.log.error("rows could not be read", error, { siteId, version });
    }
  }
  return {
    indexOf: (id) => model.ids.indexOf(id),
    idOf: (index) => model.ids.at(index),
    rowOf: (index) => found.get(index)?.row,
    listOf: (index) => found.get(index)?.list,
    tasteOf: (index) => found.get(index)?.taste,
  };
}

function recordsOf(name: string): Map<number, ItemRecord> {
  let known = records.use(name);
  if (known === undefined) {
    known = new Map();
    records.set(name, known);
  }
  return known;
}

/** Lets go of the record that was kept first, of the model that was asked for longest ago. */
function keepRecord(kept: Map<number, ItemRecord>, index: number, record: ItemRecord): void {
  if (recordsKept >= RECORDS_KEPT) {
    for (const [name, each] of records) {
      const oldest = each.keys().next().value;
      if (oldest !== undefined && each.delete(oldest)) {
        recordsKept--;
        break;
      }
      if (each !== kept) records.delete(name);
    }
  }
  if (!kept.has(index)) recordsKept++;
  kept.set(index, record);
}
