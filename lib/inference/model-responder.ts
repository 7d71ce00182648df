import { InputError } from "../core/errors.js";
import { createRandom } from "../core/random.js";
import type { Decoder, Model, Weights } from "../model/index.js";
import { type BatchLimits, batchesByLength, commonPrefix } from "./batches.js";
import { generate } from "./generate.js";
import { sharePrefix, tokenLogProbabilities } from "./log-likelihood.js";
import type { Answer, Request, Responder } from "./responder.js";

/** Sequences in one batch, and positions of their caches: 46 KiB a position for SmolLM2. */
const LIMITS: BatchLimits = { sequences: 48, positions: 8_192 };
/** A prefix shorter than this is not worth a call of its own. */
const SHORTEST_PREFIX = 8;

type GenerateRequest = Extract<Request, { kind: "generate" }>;
type ScoreRequest = Extract<Request, { kind: "score" }>;

/** A generate request on its way: its place, its text and its tokens. */
interface Prepared {
  readonly index: number;
  readonly request: GenerateRequest;
  readonly prompt: string;
  readonly tokens: readonly number[];
}

interface Running {
  readonly model: Model;
  readonly weights: Weights;
  readonly decoder: Decoder;
}

/** A responder over weights in a decoder. Requests with equal settings are batched by length, behind the prefix they share. */
export function modelResponder(running: Running): Responder {
  return {
    backend: running.decoder.backend,
    precision: "f32",
    async *answer(requests, { signal } = {}) {
      const prepared = requests.flatMap((request, index) =>
        request.kind === "generate" ? [prepare(running.model, request, index)] : [],
      );
      await running.decoder.use(running.weights, signal);
      for (const group of bySettings(prepared)) yield* answerGroup(running, group, signal);
      for (const [index, request] of requests.entries()) {
        if (request.kind === "score") yield [await answerScore(running, { request, index }, signal)];
      }
    },
  };
}

function prepare(model: Model, request: GenerateRequest, index: number): Prepared {
  const prompt = model.chat.render(request.messages);
  const tokens = model.tokenizer.encode(prompt, { parseSpecial: true });
  if (tokens.length === 0 || tokens.length + request.maxTokens > model.config.context) {
    throw new InputError({
      where: `request ${index + 1}`,
      found: `a prompt of ${tokens.length} tokens and an answer of up to ${request.maxTokens}`,
      expected: `at most ${model.config.context} tokens together, the context of ${model.title}`,
      remedy: "shorten the prompt or the answer",
    });
  }
  return { index, request, prompt, tokens };
}

function bySettings(prepared: readonly Prepared[]): Prepared[][] {
  const groups = new Map<string, Prepared[]>();
  for (const one of prepared) {
    const key = `${one.request.maxTokens}/${one.request.temperature}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

async function* answerGroup(running: Running, group: readonly Prepared[], signal?: AbortSignal): AsyncGenerator<Answer[]> {
  const common = group.length > 1 ? commonPrefix(group.map(({ tokens }) => tokens)) : 0;
  const prefix = common >= SHORTEST_PREFIX ? common : 0;
  await sharePrefix(running.decoder, group[0].tokens.slice(0, prefix), signal);
  const needs = group.map(({ tokens, request }) => tokens.length - prefix + request.maxTokens);
  for (const batch of batchesByLength(needs, LIMITS)) {
    yield await answerBatch(running, { batch: batch.map((i) => group[i]), prefix }, signal);
  }
}

async function answerBatch(
  { model, decoder }: Running,
  { batch, prefix }: { batch: readonly Prepared[]; prefix: number },
  signal?: AbortSignal,
): Promise<Answer[]> {
  const started = performance.now();
  const { maxTokens, temperature } = batch[0].request;
  const continuations = await generate(decoder, {
    prompts: batch.map(({ tokens }) => tokens.slice(prefix)),
    prefix,
    maxTokens,
    temperature,
    ends: new Set(model.tokenizer.endOfText),
    randoms: batch.map(({ request }) => createRandom(request.seed ?? 0)),
    signal,
  });
  const seconds = (performance.now() - started) / 1000 / batch.length;
  return continuations.map(({ tokens, finish }, i) => ({
    index: batch[i].index,
    response: {
      kind: "generate",
      prompt: batch[i].prompt,
      text: model.tokenizer.decode(tokens),
      finish,
      promptTokens: batch[i].tokens.length,
      outputTokens: tokens.length,
      seconds,
    },
  }));
}

async function answerScore(
  { model, decoder }: Running,
  { request, index }: { request: ScoreRequest; index: number },
  signal?: AbortSignal,
): Promise<Answer> {
  const { length } = request.tokens;
  if (length < 2 || length > model.config.context) {
    throw new InputError({
      where: `request ${index + 1}`,
      found: `a text of ${length} tokens to score`,
      expected: `2 to ${model.config.context} tokens, the context of ${model.title}`,
    });
  }
  const started = performance.now();
  const logProbabilities = await tokenLogProbabilities(decoder, request.tokens, signal);
  return { index, response: { kind: "score", logProbabilities, seconds: (performance.now() - started) / 1000 } };
}
