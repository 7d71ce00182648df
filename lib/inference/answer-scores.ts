import { InputError } from "../core/errors.js";
import type { Asked, Running } from "./asked.js";
import { scoreRows, type ScoredRow } from "./continuations.js";
import { tokenLogProbabilities } from "./log-likelihood.js";
import { joinContinuations, renderPrompt } from "./prompts.js";
import type { Answer, ChooseRequest, ContinuationRequest, Response, ScoreRequest } from "./responder.js";

type ContinuationAsked = Asked<ContinuationRequest | ChooseRequest>;

/** A request whose rows are being scored. */
interface Open {
  readonly asked: ContinuationAsked;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly scores: Float32Array[];
  missing: number;
  seconds: number;
}

/** Answers requests for given continuations and for choices; each as soon as the last of its rows is scored. */
export async function* answerContinuations(
  { model, decoder }: Running,
  requests: readonly ContinuationAsked[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Answer[], void, void> {
  if (requests.length === 0) return;
  const rows: (ScoredRow & { readonly open: Open; readonly option: number })[] = [];
  for (const asked of requests) {
    const { request, index } = asked;
    const continuations = request.kind === "choose" ? request.options : [request.continuation];
    if (continuations.length === 0) throw noOptions(index);
    const rendered = renderPrompt(model, request, roomFor(model, continuations));
    const joined = joinContinuations(model, { prompt: request, rendered }, { continuations, index });
    const open = { asked, prompt: rendered.text, promptTokens: joined.from, scores: [], missing: joined.rows.length, seconds: 0 };
    joined.rows.forEach((tokens, option) => rows.push({ tokens, from: joined.from, open, option }));
  }
  let started = performance.now();
  for await (const batch of scoreRows(decoder, rows, signal)) {
    const seconds = (performance.now() - started) / 1000 / batch.length;
    const answers: Answer[] = [];
    for (const { row, logProbabilities } of batch) {
      const { open, option } = rows[row];
      open.scores[option] = logProbabilities;
      open.seconds += seconds;
      if (--open.missing === 0) answers.push({ index: open.asked.index, response: responseOf(open) });
    }
    if (answers.length > 0) yield answers;
    started = performance.now();
  }
}

/** Tokens of the longest continuation, each encoded by itself: no fewer than behind a prompt. */
const roomFor = ({ tokenizer }: Running["model"], continuations: readonly (string | readonly number[])[]): number =>
  Math.max(...continuations.map((one) => (typeof one === "string" ? tokenizer.encode(one) : one).length));

function responseOf({ asked, prompt, promptTokens, scores, seconds }: Open): Response {
  const shown = { prompt, promptTokens, seconds };
  if (asked.request.kind === "continuation") return { kind: "continuation", ...shown, logProbabilities: scores[0] };
  const sums = scores.map((values) => values.reduce((sum, value) => sum + value, 0));
  return { kind: "choose", ...shown, chosen: sums.indexOf(Math.max(...sums)), logProbabilities: scores };
}

const noOptions = (index: number): InputError =>
  new InputError({ where: `request ${index + 1}`, found: "no option", expected: "at least one to choose from" });

/** Answers requests for whole texts, one after the other. */
export async function* answerTexts(
  { model, decoder }: Running,
  requests: readonly Asked<ScoreRequest>[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Answer[], void, void> {
  for (const { request, index } of requests) {
    const { from, tokens } = request;
    checkText(model, request, `request ${index + 1}`);
    const started = performance.now();
    const logProbabilities = await tokenLogProbabilities(decoder, tokens, { from, signal });
    yield [{ index, response: { kind: "score", logProbabilities, seconds: (performance.now() - started) / 1000 } }];
  }
}

/** @throws InputError for a text that has nothing to score, or more tokens than the model's context holds */
export function checkText(
  { config, title }: Running["model"],
  { tokens: { length }, from = 1 }: Omit<ScoreRequest, "kind">,
  where: string,
): void {
  if (length >= 2 && length <= config.context && from >= 1 && from < length) return;
  throw new InputError({
    where,
    found: `a text of ${length} tokens to score from number ${from} on`,
    expected: `2 to ${config.context} tokens, the context of ${title}, and the first one scored among them`,
  });
}
