import { readFileSync } from "node:fs";
import { join } from "node:path";

import { z } from "zod";

import { createRandom } from "../../../lib/core/random.js";
import { generate } from "../../../lib/inference/generate.js";
import { Decoder, loadModel } from "../../../lib/model/index.js";

const Cases = z.record(
  z.string(),
  z.object({
    tokens: z.array(z.number()),
    logProbabilities: z.base64(),
    prompts: z.array(z.array(z.number())),
    answers: z.array(z.array(z.number())),
  }),
);

/** What transformers computed for one tiny model. */
export type ArchitectureCase = z.infer<typeof Cases>[string];

/** The cases by the file or folder of their model, as make.py wrote them. */
export const architectureCases = (): Record<string, ArchitectureCase> =>
  Cases.parse(JSON.parse(readFileSync(join(import.meta.dirname, "expected.json"), "utf8")));

/**
 * Float32 sums of at most 24 terms in another order, logits up to 20, two blocks: a few units of 1e-6. A wrong frequency, window,
 * bias or row order moves log-probabilities by 0.1 and more.
 */
export const LARGEST_DIFFERENCE = 1e-4;

/** How our answers for one model differ from transformers'. */
export interface ArchitectureComparison {
  readonly name: string;
  /** Of any log-probability at any position, over the whole vocabulary. */
  readonly largestDifference: number;
  /** Positions compared. */
  readonly positions: number;
  /** Greedy tokens equal to transformers', one prompt after the other, and all prompts in one batch. */
  readonly alone: number;
  readonly batched: number;
  readonly greedyTokens: number;
}

/** Loads a model from its folder or file, as a user would, and asks it what transformers was asked. */
export async function compareArchitecture(name: string, truth: ArchitectureCase): Promise<ArchitectureComparison> {
  const model = await loadModel(join(import.meta.dirname, name));
  const decoder = await Decoder.load(model.config, model.weights);
  try {
    return {
      name,
      largestDifference: largestDifference(decoder.logits(truth.tokens), truth),
      positions: truth.tokens.length,
      alone: await equalTokens(decoder, truth, false),
      batched: await equalTokens(decoder, truth, true),
      greedyTokens: truth.answers.flat().length,
    };
  } finally {
    decoder.close();
    await model.close();
  }
}

function largestDifference(logits: Float32Array, { tokens, logProbabilities }: ArchitectureCase): number {
  const truth = new Float32Array(Uint8Array.from(Buffer.from(logProbabilities, "base64")).buffer);
  const size = truth.length / tokens.length;
  let largest = logits.length === truth.length ? 0 : Infinity;
  for (let at = 0; at < truth.length; at += size) {
    const row = logits.subarray(at, at + size);
    const top = row.reduce((a, b) => Math.max(a, b));
    const normalizer = top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
    row.forEach((logit, i) => (largest = Math.max(largest, Math.abs(logit - normalizer - truth[at + i]) || 0)));
    if (row.some((logit) => !Number.isFinite(logit))) return Infinity;
  }
  return largest;
}

async function equalTokens(decoder: Decoder, { prompts, answers }: ArchitectureCase, batched: boolean): Promise<number> {
  const groups = batched ? [prompts] : prompts.map((prompt) => [prompt]);
  decoder.dropPrefix();
  const ours: (readonly number[])[] = [];
  for (const group of groups) {
    const found = await generate(decoder, {
      prompts: group,
      prefix: 0,
      maxTokens: answers[0].length,
      ends: new Set<number>(),
      temperature: 0,
      randoms: group.map(() => createRandom(0)),
    });
    ours.push(...found.map(({ tokens }) => tokens));
  }
  return answers.flatMap((answer, i) => answer.filter((id, at) => ours[i][at] === id)).length;
}
