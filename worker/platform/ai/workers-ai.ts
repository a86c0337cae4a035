/**
 * Workers AI behind the `Ai` contract. The only file that knows of its client: the package's `Ai` and the native binding
 * have the same `run`, and the package's own README says to use the binding, so the package gives the type only.
 */
import type { Ai as Client } from "@cloudflare/ai";
import type { Ai } from "../../deps.ts";

const EMBEDDING_MODEL = "@cf/baai/bge-m3";
const EMBEDDING_DIMENSIONS = 1024;
/** Its model card has 0.35 between a question and the answer to another one of the same field, 0.63 and 0.68 to its own. */
const LEAST_LIKENESS = 0.4;
const WRITING_MODEL = "@cf/meta/llama-3.1-8b-instruct-fast";
/** bge-m3 takes up to 100 texts a call. */
const TEXTS_A_CALL = 100;

export interface WorkersAiBinding {
  run(model: string, inputs: object): ReturnType<Client["run"]> | Promise<unknown>;
}

export function openWorkersAi(binding: WorkersAiBinding): Ai {
  return {
    dimensions: EMBEDDING_DIMENSIONS,
    embedder: EMBEDDING_MODEL,
    leastLikeness: LEAST_LIKENESS,
    async embed(texts) {
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += TEXTS_A_CALL) {
        // The model refuses an empty text.
        const text = texts.slice(start, start + TEXTS_A_CALL).map((each) => each.trim() || "-");
        const answer = (await binding.run(EMBEDDING_MODEL, { text, truncate_inputs: true })) as { data?: number[][] };
        if (answer.data?.length !== text.length)
          throw new Error(`${EMBEDDING_MODEL} answered without one vector a text`);
        for (const values of answer.data) vectors.push(Float32Array.from(values));
      }
      return vectors;
    },
    async write({ instruction, facts, locale, maxCharacters }) {
      const answer = (await binding.run(WRITING_MODEL, {
        messages: [
          {
            role: "system",
            content: `Write in ${locale === "ko" ? "Korean" : "English"}, at most ${maxCharacters} characters, plain text. Use only the facts given; state no price or discount that is not among them.`,
          },
          { role: "user", content: `${instruction}\n${JSON.stringify(facts)}` },
        ],
        max_tokens: 256,
      })) as { response?: string };
      if (typeof answer.response !== "string") throw new Error(`${WRITING_MODEL} answered without a response`);
      return [...answer.response.trim()].slice(0, maxCharacters).join("");
    },
  };
}
