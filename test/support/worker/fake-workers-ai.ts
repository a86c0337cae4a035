/**
 * Workers AI as its model pages document two models: `@cf/baai/bge-m3` (text in, `{shape, data, pooling}` out) and
 * `@cf/meta/llama-3.1-8b-instruct-fast` (messages in, `{response, usage}` out). Refuses inputs outside their schemas.
 */
import type { WorkersAiBinding } from "../../../worker/platform/ai/workers-ai.ts";

const DIMENSIONS = 1024;

/** Texts that share words are near each other: enough meaning for a contract. */
function embed(text: string): number[] {
  const values = new Array<number>(DIMENSIONS).fill(0.001);
  for (const word of text.toLowerCase().split(/\s+/)) {
    let hash = 7;
    for (const character of word) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_003;
    values[hash % DIMENSIONS]! += 1;
  }
  return values;
}

export function fakeWorkersAi(
  reply = "울 코트, 지금이 좋은 때예요.",
): WorkersAiBinding & { calls: { model: string; input: object }[] } {
  const calls: { model: string; input: object }[] = [];
  return {
    calls,
    async run(model: string, input: object) {
      calls.push({ model, input });
      if (model === "@cf/baai/bge-m3") {
        const { text, truncate_inputs: truncate, ...others } = input as { text?: unknown; truncate_inputs?: unknown };
        if (Object.keys(others).length > 0) throw new Error("5006: Error: oneOf at '/' not met");
        if (truncate !== undefined && typeof truncate !== "boolean") throw new Error("5006: truncate_inputs");
        const texts = typeof text === "string" ? [text] : text;
        if (!Array.isArray(texts) || texts.length < 1 || texts.length > 100) throw new Error("5006: 1 to 100 texts");
        if (texts.some((each) => typeof each !== "string" || each === "")) throw new Error("5006: minLength 1");
        return { shape: [texts.length, DIMENSIONS], data: texts.map(embed), pooling: "cls" };
      }
      if (model === "@cf/meta/llama-3.1-8b-instruct-fast") {
        const { messages, max_tokens } = input as {
          messages?: { role: string; content: string }[];
          max_tokens?: number;
        };
        if (
          !messages?.length ||
          messages.some(({ role, content }) => !/^(system|user|assistant)$/.test(role) || !content)
        )
          throw new Error("5006: messages");
        if (max_tokens !== undefined && !Number.isInteger(max_tokens)) throw new Error("5006: max_tokens");
        return { response: ` ${reply}\n`, usage: { prompt_tokens: 50, completion_tokens: 12, total_tokens: 62 } };
      }
      throw new Error(`5007: No such model ${model}`);
    },
  };
}
