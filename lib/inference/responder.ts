import type { Message } from "../text/message.js";

/** What can be asked of a model. */
export type Request =
  | {
      readonly kind: "generate";
      readonly messages: readonly Message[];
      /** Tokens of the answer at most. */
      readonly maxTokens: number;
      /** 0 is greedy. */
      readonly temperature: number;
      /** Seed of the draws; only with a temperature above 0. */
      readonly seed?: number;
    }
  | {
      /** Log-probabilities of a raw text's tokens, each given those before it. */
      readonly kind: "score";
      readonly tokens: readonly number[];
    };

/** What a model gave back. */
export type Response =
  | {
      readonly kind: "generate";
      /** The prompt as the model saw it, with its template. */
      readonly prompt: string;
      readonly text: string;
      readonly finish: "end" | "length";
      readonly promptTokens: number;
      readonly outputTokens: number;
      /** Wall time of its batch divided by the batch's size. */
      readonly seconds: number;
    }
  | {
      readonly kind: "score";
      /** Natural logarithms, one for each token but the first. */
      readonly logProbabilities: Float32Array;
      readonly seconds: number;
    };

/** Anything that answers requests: a variant that runs here, or a file of recorded generations. */
export interface Responder {
  /** "tensorflow-cpu", "recorded". */
  readonly backend: string;
  /** "f32". */
  readonly precision: string;
  /**
   * Answers in batches. Yields each batch's answers, by position in `requests`, as soon as they are there; the caller keeps
   * them before the next batch starts.
   * @throws InterruptedError between two steps, after `signal` fired
   */
  answer(requests: readonly Request[], options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<readonly Answer[]>;
}

/** A response and the position of its request. */
export interface Answer {
  readonly index: number;
  readonly response: Response;
}
