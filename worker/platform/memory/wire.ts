/** What the memory is asked, as one text: a call carries it at a fraction of what objects cost, and every list makes one. Pure. */
import type { Known, Remembered } from "../../deps.ts";

export type Asked = Remembered & { known?: Known | undefined };

/** No subject nor name has it. */
const BETWEEN = "\n";
/** Of one question: subject, name, filling, added. */
const FIELDS = 4;

export function written(asked: readonly Asked[]): string {
  return asked
    .map(({ subject, name, known }) => [subject, name, known?.filling ?? "", known?.added ?? ""].join(BETWEEN))
    .join(BETWEEN);
}

export function asWritten(text: string): Asked[] {
  const fields = text === "" ? [] : text.split(BETWEEN);
  const asked: Asked[] = [];
  for (let at = 0; at < fields.length; at += FIELDS) {
    const [subject = "", name = "", filling = "", added] = fields.slice(at, at + FIELDS);
    asked.push({ subject, name, ...(filling ? { known: { filling, added: Number(added) } } : {}) });
  }
  return asked;
}
