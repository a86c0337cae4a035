/** The schema guard: what each message of a batch lacks, so that one bad event does not cost the others. No I/O. */
import type { Deps } from "../deps.ts";
import { measureShape } from "../lib/depth.ts";
import type { Issue } from "../lib/errors.ts";
import { type Envelope, type Normalized, normalize } from "./normalize.ts";
import {
  type CollectResult,
  EVENT_LIMIT_BYTES,
  EVENT_LIMIT_FIELDS,
  EVENT_LIMIT_LEVELS,
  EventMessage,
} from "./schema.ts";

export type KnownMessage = EventMessage & { messageId: string };

export interface Checked {
  message: KnownMessage;
  normalized: Normalized;
}

const encoder = new TextEncoder();

export function checkMessages(
  deps: Pick<Deps, "ids">,
  envelope: Envelope,
  messages: unknown[],
): { accepted: Checked[]; refused: CollectResult["refused"] } {
  const refused: CollectResult["refused"] = [];
  const accepted: Checked[] = [];
  for (const [index, value] of messages.entries()) {
    // What waited in the queue was measured when it came in.
    const issue = envelope.storedAt === undefined ? (tooMuch(value) ?? oversize(value)) : undefined;
    const checked = issue ? undefined : EventMessage.safeParse(value);
    if (issue) refused.push({ index, issues: [issue] });
    else if (checked?.success) {
      const message = { ...checked.data, messageId: checked.data.messageId ?? deps.ids.next("evt") };
      accepted.push({ message, normalized: normalize(message, envelope) });
    } else if (checked) {
      refused.push({
        index,
        issues: checked.error.issues.slice(0, 5).map((each) => ({ path: each.path.join("."), message: each.message })),
      });
    }
  }
  return { accepted, refused };
}

function oversize(message: unknown): Issue | undefined {
  const text = JSON.stringify(message) ?? "";
  // A UTF-16 unit is at most three bytes: most events need no encoding to be known as small enough.
  if (text.length * 3 <= EVENT_LIMIT_BYTES || encoder.encode(text).length <= EVENT_LIMIT_BYTES) return undefined;
  return { path: "", message: `the event is larger than ${EVENT_LIMIT_BYTES / 1024} KB` };
}

function tooMuch(message: unknown): Issue | undefined {
  switch (measureShape(message, { levels: EVENT_LIMIT_LEVELS, fields: EVENT_LIMIT_FIELDS })) {
    case "too_deep":
      return { path: "", message: `the event has more than ${EVENT_LIMIT_LEVELS} levels` };
    case "too_wide":
      return { path: "", message: `the event has more than ${EVENT_LIMIT_FIELDS} fields` };
    case "fine":
      return undefined;
  }
}
