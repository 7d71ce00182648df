import { Engine, type Request, type Response } from "../../../lib/inference/index.js";
import { loadModel, type Model, type Precision } from "../../../lib/model/index.js";
import type { ScoredPrompt } from "./workload.js";

/** Asks everything at once. @returns the answers in order, and the wall time */
async function ask(engine: Engine, requests: readonly Request[]): Promise<{ seconds: number; responses: Response[] }> {
  const started = performance.now();
  const responses: Response[] = [];
  for await (const answers of engine.responder(engine.model.weights).answer(requests))
    for (const { index, response } of answers) responses[index] = response;
  return { seconds: (performance.now() - started) / 1000, responses };
}

/** Scores continuations. @returns the sum of each one's log-probabilities, and the wall time */
export async function score(engine: Engine, rows: readonly ScoredPrompt[]): Promise<{ seconds: number; sums: number[] }> {
  const requests = rows.map(({ prompt, continuation }): Request => ({ kind: "continuation", tokens: prompt, continuation }));
  const { seconds, responses } = await ask(engine, requests);
  const sums = responses.map((response) =>
    response.kind === "continuation" ? response.logProbabilities.reduce((sum, value) => sum + value, 0) : NaN,
  );
  return { seconds, sums };
}

/** Continues prompts greedily; with `withoutEnds`, each by as many tokens. */
export async function generate(
  engine: Engine,
  prompts: readonly (readonly number[])[],
  maxTokens: number,
): Promise<{ seconds: number; tokens: number }> {
  const requests = prompts.map((tokens): Request => ({ kind: "generate", tokens, maxTokens, temperature: 0 }));
  const { seconds, responses } = await ask(engine, requests);
  const tokens = responses.reduce((sum, response) => sum + (response.kind === "generate" ? response.outputTokens : 0), 0);
  return { seconds, tokens };
}

/** Reads the model's file, loads the engine, computes one token. @returns seconds */
export async function firstToken(path: string, precision: Precision, prompt: readonly number[]): Promise<number> {
  const started = performance.now();
  const model = await loadModel(path);
  const engine = await Engine.open({ model, weights: model.weights, precision });
  await generate(engine, [prompt], 1);
  const seconds = (performance.now() - started) / 1000;
  engine.close();
  await model.close();
  return seconds;
}

/** A model whose answers never end before they are full, as the peer's don't. */
export const withoutEnds = (model: Model): Model => ({ ...model, tokenizer: { ...model.tokenizer, endOfText: [] } });
