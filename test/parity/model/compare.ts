import { createRandom } from "../../../lib/core/random.js";
import { generate } from "../../../lib/inference/generate.js";
import { tokenLogProbabilities } from "../../../lib/inference/log-likelihood.js";
import type { Decoder, Model } from "../../../lib/model/index.js";
import type { ModelTruth } from "./ground-truth.js";

/** How many of a number of cases came out equal. */
export interface Share {
  readonly equal: number;
  readonly of: number;
}

/** Texts whose token ids (plain and with special tokens parsed) and decoded text equal the truth's. */
export function compareTokenizer({ tokenizer }: Model, { tokenizer: truth }: ModelTruth): Share {
  const plain = truth.plain.map(
    ({ text, ids, decoded }) => same(tokenizer.encode(text), ids) && tokenizer.decode(ids) === decoded,
  );
  const special = truth.special_parsed.map(({ text, ids }) => same(tokenizer.encode(text, { parseSpecial: true }), ids));
  return shareOf([...plain, ...special]);
}

/** Chats whose rendered prompt and token ids equal the truth's. */
export function compareChats({ chat, tokenizer }: Model, { chats, items }: ModelTruth): Share {
  const rendered = items.slice(items.length - chats.length);
  return shareOf(
    chats.map((messages, i) => {
      const prompt = chat.render(messages);
      return prompt === rendered[i].prompt && same(tokenizer.encode(prompt, { parseSpecial: true }), rendered[i].ids);
    }),
  );
}

/** The largest difference of any log-probability: of the prompts' tokens, and of the 20 likeliest after them. */
export function largestDifference(decoder: Decoder, { items }: ModelTruth): number {
  let largest = 0;
  decoder.dropPrefix();
  for (const { ids, token_logprobs, top_ids, top_logprobs } of items) {
    const logits = decoder.logits(ids);
    const size = logits.length / ids.length;
    const row = (position: number): Float32Array => logits.subarray(position * size, (position + 1) * size);
    const pairs = [
      ...token_logprobs.map((truth, i) => [truth, logProbability(row(i), ids[i + 1])] as const),
      ...top_ids.map((id, i) => [top_logprobs[i], logProbability(row(ids.length - 1), id)] as const),
    ];
    for (const [truth, ours] of pairs) largest = Math.max(largest, Math.abs(truth - ours));
  }
  return largest;
}

/** Equal tokens of greedy answers; all prompts in one batch, or each alone. */
export async function compareGreedy({ model, decoder }: Running, { items }: ModelTruth, batched: boolean): Promise<Share> {
  decoder.dropPrefix();
  const groups = batched ? [items] : items.map((item) => [item]);
  const matches: boolean[] = [];
  for (const group of groups) {
    const answers = await generate(decoder, {
      prompts: group.map(({ ids }) => ids),
      prefix: 0,
      maxTokens: 40,
      ends: new Set(model.tokenizer.endOfText),
      temperature: 0,
      randoms: group.map(() => createRandom(0)),
    });
    for (const [i, { greedy_ids }] of group.entries()) {
      const { tokens, finish } = answers[i];
      const whole = finish === "end" ? [...tokens, greedy_ids.at(-1)] : tokens;
      matches.push(...greedy_ids.map((id, at) => whole[at] === id), ...whole.slice(greedy_ids.length).map(() => false));
    }
  }
  return shareOf(matches);
}

/** Mean negative log-likelihood over all predicted tokens of the evaluation rows, each from its own start. */
export async function evaluationNll(decoder: Decoder, { evaluation }: ModelTruth): Promise<number> {
  let [sum, count] = [0, 0];
  for (const row of evaluation) {
    for (const logProbability of await tokenLogProbabilities(decoder, row)) sum -= logProbability;
    count += row.length - 1;
  }
  return sum / count;
}

/** A model and the decoder that runs it. */
export interface Running {
  readonly model: Model;
  readonly decoder: Decoder;
}

function logProbability(logits: Float32Array, id: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return logits[id] - largest - Math.log(total);
}

const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((id, i) => id === b[i]);
const shareOf = (matches: readonly boolean[]): Share => ({ equal: matches.filter(Boolean).length, of: matches.length });
