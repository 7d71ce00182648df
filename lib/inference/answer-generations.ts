import { createRandom } from "../core/random.js";
import type { Model } from "../model/index.js";
import type { Tokenizer } from "../text/index.js";
import type { Asked, Running } from "./asked.js";
import { type Finished, generateAll, type GenerationTask } from "./generate.js";
import { batchLimits } from "./limits.js";
import { sharePrefix } from "./log-likelihood.js";
import { prefixGroups } from "./prefix-groups.js";
import { fitPrompt, renderPrompt } from "./prompts.js";
import { checkSampling, chooser } from "./sampling.js";
import type { Answer, GenerateRequest, Response } from "./responder.js";

/** A generate request on its way: its text, its tokens, and how many of them were left out. */
interface Prepared extends Asked<GenerateRequest> {
  readonly prompt: string;
  readonly tokens: readonly number[];
  readonly dropped: number;
}

/** Answers requests for generations: behind the starts that prompts share, finished ones replaced by waiting ones. */
export async function* answerGenerations(
  running: Running,
  requests: readonly Asked<GenerateRequest>[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Answer[], void, void> {
  const { model, decoder } = running;
  const prepared = requests.map((asked) => prepare(running, asked));
  for (const { members, prefix } of prefixGroups(prepared.map(({ tokens }) => tokens))) {
    await sharePrefix(decoder, prepared[members[0]].tokens.slice(0, prefix), signal);
    const group = members.map((member) => prepared[member]);
    const tasks = group.map((one) => taskOf(one, prefix, model));
    let started = performance.now();
    for await (const finished of generateAll(decoder, tasks, { prefix, limits: batchLimits(model.config), signal })) {
      const seconds = (performance.now() - started) / 1000 / finished.length;
      if (finished.length === 0) continue;
      yield finished.map((one) => answerOf(group[one.task], one, { model, seconds }));
      started = performance.now();
    }
  }
  if (requests.length > 0) decoder.dropPrefix();
}

function prepare({ model }: Running, { request, index }: Asked<GenerateRequest>): Prepared {
  checkSampling(request, index);
  const rendered = renderPrompt(model, request, request.maxTokens);
  const { tokens, dropped } = fitPrompt(model, rendered.tokens, { room: request.maxTokens, tooLong: request.tooLong, index });
  const prompt = dropped === 0 ? rendered.text : model.tokenizer.decode([...tokens]);
  return { index, request, prompt, tokens, dropped };
}

/** What ends an answer: of a conversation also what its template says. */
function endingsOf(request: GenerateRequest, { tokenizer, chat }: Model): { ends: Set<number>; stop: readonly string[] } {
  const { stop, stopTokens = [] } = "messages" in request ? chat : {};
  return {
    ends: new Set([...tokenizer.endOfText, ...stopTokens]),
    stop: [...(request.stop ?? []), ...(stop === undefined ? [] : [stop])],
  };
}

function taskOf({ request, tokens }: Prepared, prefix: number, model: Model): GenerationTask {
  const { maxTokens, seed = 0 } = request;
  const { ends, stop } = endingsOf(request, model);
  const choose = chooser(request, createRandom(seed));
  return {
    prompt: tokens.slice(prefix),
    maxTokens,
    ends,
    choose: choose === undefined ? undefined : (logits, seen) => choose(logits, [...tokens.slice(0, prefix), ...seen]),
    ...(stop.length === 0 ? {} : { isDone: stopTest(stop, model.tokenizer) }),
  };
}

/** Looks for a stop text in the last tokens: enough of them to hold the longest one, however short a token is. */
function stopTest(stop: readonly string[], tokenizer: Tokenizer): (tokens: readonly number[]) => boolean {
  const window = 8 + Math.max(...stop.map((text) => Buffer.byteLength(text)));
  return (tokens) => {
    const text = tokenizer.decode(tokens.slice(-window));
    return stop.some((wanted) => text.includes(wanted));
  };
}

function answerOf(
  { request, index, prompt, tokens, dropped }: Prepared,
  finished: Finished,
  { model, seconds }: { readonly model: Model; readonly seconds: number },
): Answer {
  const whole = model.tokenizer.decode([...finished.tokens]);
  const { text, stop } = cutAtStop(whole, endingsOf(request, model).stop);
  const response: Response = {
    kind: "generate",
    prompt,
    text,
    finish: stop === undefined ? finished.finish : "end",
    ...(stop === undefined ? {} : { stop }),
    promptTokens: tokens.length,
    outputTokens: finished.tokens.length,
    ...(dropped === 0 ? {} : { dropped }),
    seconds,
  };
  return { index, response };
}

/** A text up to the first stop text in it. */
function cutAtStop(text: string, stop: readonly string[]): { readonly text: string; readonly stop?: string } {
  let cut: { readonly text: string; readonly stop?: string } = { text };
  for (const wanted of stop) {
    const at = cut.text.indexOf(wanted);
    if (at >= 0) cut = { text: cut.text.slice(0, at), stop: wanted };
  }
  return cut;
}
