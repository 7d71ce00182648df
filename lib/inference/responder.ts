import type { Message } from "../text/message.js";

/**
 * What stands before an answer: a chat, which the model's template renders; a raw text, behind the model's first token where it
 * wants one; or tokens taken as they are.
 */
export type Prompt = { readonly messages: readonly Message[] } | RawText | { readonly tokens: readonly number[] };

/** A text that no template renders. */
export interface RawText {
  readonly text: string;
  /** Parts, from and to in characters, that are left out while there is no room for all: the last one first. Few-shot examples. */
  readonly omissible?: readonly (readonly [number, number])[];
}

/** How tokens are chosen. */
export interface Sampling {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Draws from the k likeliest tokens only. */
  readonly topK?: number;
  /** Draws from the fewest tokens whose probabilities sum to p only. */
  readonly topP?: number;
  /** Divides positive logits of tokens that were seen (prompt and answer), multiplies negative ones; 1 changes nothing. */
  readonly repetitionPenalty?: number;
  /** Seed of the draws; only with a temperature above 0. The same seed gives the same text, whatever else is asked. */
  readonly seed?: number;
}

/** Continue a prompt. */
export type GenerateRequest = Prompt &
  Sampling & {
    readonly kind: "generate";
    /** Tokens of the answer at most. */
    readonly maxTokens: number;
    /** An answer ends before the first of these texts. */
    readonly stop?: readonly string[];
    /** A prompt that leaves no room: refused if absent; "keep-end" drops its first tokens, and the response says how many. */
    readonly tooLong?: "refuse" | "keep-end";
  };

/** Log-probabilities of a given continuation's tokens. */
export type ContinuationRequest = Prompt & {
  readonly kind: "continuation";
  readonly continuation: string | readonly number[];
};

/** Which of some continuations is the likeliest, by the sum of its tokens' log-probabilities. */
export type ChooseRequest = Prompt & { readonly kind: "choose"; readonly options: readonly string[] };

/** Log-probabilities of a raw text's tokens, each given those before it. */
export interface ScoreRequest {
  readonly kind: "score";
  readonly tokens: readonly number[];
  /** The first token that is scored; those before it are context. Default 1. */
  readonly from?: number;
}

/** What can be asked of a model. */
export type Request = GenerateRequest | ContinuationRequest | ChooseRequest | ScoreRequest;

interface Timed {
  /** Wall time of its batch divided by the batch's size. */
  readonly seconds: number;
}

/** What a model gave back. */
export type Response = Timed &
  (
    | {
        readonly kind: "generate";
        /** The prompt as the model saw it, with its template. */
        readonly prompt: string;
        readonly text: string;
        readonly finish: "end" | "length";
        /** The stop text that ended it. */
        readonly stop?: string;
        readonly promptTokens: number;
        readonly outputTokens: number;
        /** Tokens that were left out of the prompt, after its first one; only by `tooLong: "keep-end"`. */
        readonly dropped?: number;
      }
    | {
        readonly kind: "continuation";
        readonly prompt: string;
        readonly promptTokens: number;
        /** Natural logarithms, one for each token of the continuation. */
        readonly logProbabilities: Float32Array;
      }
    | {
        readonly kind: "choose";
        readonly prompt: string;
        readonly promptTokens: number;
        /** The position of the likeliest option; the first of equals. */
        readonly chosen: number;
        /** Of each option, the natural logarithms of its tokens. */
        readonly logProbabilities: readonly Float32Array[];
      }
    | {
        readonly kind: "score";
        /** Natural logarithms, one for each token from `from` on. */
        readonly logProbabilities: Float32Array;
      }
  );

/** Anything that answers requests: a variant that runs here, or a file of recorded generations. */
export interface Responder {
  /** "tensorflow-cpu", "recorded". */
  readonly backend: string;
  /** "f32", "bf16". */
  readonly precision: string;
  /**
   * Answers in batches. Yields each batch's answers, by position in `requests`, as soon as they are there; the caller keeps
   * them before the next batch starts.
   * @throws InterruptedError between two steps, after `signal` fired
   */
  answer(requests: readonly Request[], options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<readonly Answer[]>;
  /**
   * The logits before each token of a raw text from `from` on, piece by piece; absent where no model runs. Never while an
   * `answer` is under way.
   * @throws InterruptedError between two pieces, after `signal` fired
   */
  logits?(text: Omit<ScoreRequest, "kind">, options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<LogitsPiece>;
}

/** Next-token logits of some tokens of a text that follow each other. */
export interface LogitsPiece {
  /** [T] the tokens that the text has there. */
  readonly targets: Int32Array;
  /** [T · V] row by row, before each of them. */
  readonly logits: Float32Array;
}

/** A response and the position of its request. */
export interface Answer {
  readonly index: number;
  readonly response: Response;
}
