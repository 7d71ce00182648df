import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

const Ids = z.array(z.number().int());
const Message = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });

const Logits = z.object({
  chats: z.array(z.array(Message)),
  items: z.array(
    z.object({
      prompt: z.string(),
      ids: Ids,
      token_logprobs: z.array(z.number()),
      top_ids: Ids,
      top_logprobs: z.array(z.number()),
      greedy_ids: Ids,
    }),
  ),
});
const TokenizerCases = z.object({
  plain: z.array(z.object({ text: z.string(), ids: Ids, decoded: z.string() })),
  special_parsed: z.array(z.object({ text: z.string(), ids: Ids })),
});
const Compressed = z.looseObject({ dense: z.object({ nll: z.number() }) });

/** What transformers gave for one model; see the README beside the files. */
export interface ModelTruth {
  readonly chats: z.infer<typeof Logits>["chats"];
  readonly items: z.infer<typeof Logits>["items"];
  readonly tokenizer: z.infer<typeof TokenizerCases>;
  readonly evaluation: readonly (readonly number[])[];
  readonly denseNll: number;
}

/** Reads `logits.json`, `tokenizer_cases.json`, `eval_tokens.json` and `compressed.json` of a folder. */
export function readModelTruth(folder: string): ModelTruth {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const { chats, items } = Logits.parse(read("logits.json"));
  return {
    chats,
    items,
    tokenizer: TokenizerCases.parse(read("tokenizer_cases.json")),
    evaluation: z.array(Ids).parse(read("eval_tokens.json")),
    denseNll: Compressed.parse(read("compressed.json")).dense.nll,
  };
}
