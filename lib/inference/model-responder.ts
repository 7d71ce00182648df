import { answerGenerations } from "./answer-generations.js";
import { answerContinuations, answerTexts, checkText } from "./answer-scores.js";
import type { Asked, Running } from "./asked.js";
import { tokenLogits } from "./log-likelihood.js";
import type { Request, Responder } from "./responder.js";

/** A responder over weights in a decoder. What is asked is batched by length, behind the starts that prompts share. */
export function modelResponder(running: Running): Responder {
  return {
    backend: running.decoder.backend,
    precision: running.precision,
    async *answer(requests, { signal } = {}) {
      const of = <K extends Request["kind"]>(kinds: readonly K[]): Asked<Extract<Request, { kind: K }>>[] =>
        requests.flatMap((request, index) => (isOf(request, kinds) ? [{ request, index }] : []));
      await running.decoder.use(running.weights, signal);
      yield* answerGenerations(running, of(["generate"]), signal);
      yield* answerContinuations(running, of(["continuation", "choose"]), signal);
      yield* answerTexts(running, of(["score"]), signal);
    },
    async *logits(text, { signal } = {}) {
      checkText(running.model, text, "the text");
      await running.decoder.use(running.weights, signal);
      yield* tokenLogits(running.decoder, text.tokens, { from: text.from, signal });
    },
  };
}

function isOf<K extends Request["kind"]>(request: Request, kinds: readonly K[]): request is Extract<Request, { kind: K }> {
  return kinds.some((kind) => kind === request.kind);
}
