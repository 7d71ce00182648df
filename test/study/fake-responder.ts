import type { AskedVariant } from "../../lib/study/ask.js";
import type { Answer, Request, Responder } from "../../lib/inference/responder.js";
import type { ItemRecord } from "../../lib/study/record.js";

/** A variant made of nothing, for studies without a model. */
export function fakeVariant(name: string, digest = "d1"): AskedVariant {
  return {
    id: `toy/${name}`,
    title: name,
    recipe: { method: name, settings: {} },
    summary: {
      method: name,
      bits: null,
      pattern: null,
      group: null,
      sparsity: 0,
      rate: 1,
      bitsPerWeight: 16,
      storedBytes: 1000,
      relativeError: 0,
      seconds: 0,
      peakBytes: null,
    },
    model: { name: "toy", title: "Toy", digest, precision: "f32", chat: { name: "the model's own" } },
  };
}

/** Answers by a function, in batches; counts what it was asked, and can die after some batches. */
export function fakeResponder(
  reply: (request: Request, index: number) => string,
  { batch = 4, failAfter = Infinity }: { batch?: number; failAfter?: number } = {},
): Responder & { asked: Request[] } {
  const asked: Request[] = [];
  return {
    backend: "fake",
    precision: "f32",
    asked,
    answer: async function* (requests) {
      for (let from = 0, batches = 0; from < requests.length; from += batch, batches++) {
        if (batches >= failAfter) throw new Error("the machine died");
        const part = requests.slice(from, from + batch);
        asked.push(...part);
        await Promise.resolve();
        yield part.map((request, i) => answerOf(request, from + i, reply));
      }
    },
  };
}

function answerOf(request: Request, index: number, reply: (request: Request, index: number) => string): Answer {
  if (request.kind === "score") {
    const logProbabilities = Float32Array.from(request.tokens.slice(request.from ?? 1), (token) => -token / 10);
    return { index, response: { kind: "score", logProbabilities, seconds: 0.1 } };
  }
  const text = reply(request, index);
  return {
    index,
    response: { kind: "generate", prompt: "p", text, finish: "end", promptTokens: 3, outputTokens: 2, seconds: 0.1 },
  };
}

/** A record with the given parts, all else plain. */
export const fakeRecord = (parts: Partial<ItemRecord>): ItemRecord => ({
  key: "k",
  variant: "toy/dense",
  dimension: "stereotype",
  task: "benign",
  item: "i",
  cluster: "c",
  stratum: null,
  slices: { topic: "t", group: "g" },
  suite: "mini",
  repeat: 0,
  decodingSeed: null,
  settings: "",
  expected: null,
  generation: { prompt: "p", text: "I disagree.", finish: "end", promptTokens: 3, outputTokens: 2, seconds: 0.1 },
  logProbabilities: null,
  labels: [{ scorer: "dt", official: "D", state: "right", value: 1 }],
  facts: {},
  judgement: null,
  backend: "fake",
  precision: "f32",
  template: "the model's own",
  ...parts,
});
