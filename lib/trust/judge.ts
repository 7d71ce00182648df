import type { Judgement } from "./item.js";

/** Something that rates answers: a classifier, a word list, an interface on the network. */
export interface Judge {
  /** With its version, as records keep it. */
  readonly name: string;
  /** In the order of the texts. @throws InputError where it can't judge at all, InterruptedError after `signal` fired */
  judge(texts: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly Judgement[]>;
}

/** A kind of judge, by which one is made. One file of `judges/`. */
export interface JudgeKind {
  readonly name: string;
  /** One line for `%help`. */
  readonly summary: string;
  /** What it may rate, most telling first; the classifier's are its model's. */
  readonly attributes: readonly string[];
  /** @throws InputError that says what it lacks */
  open(options: JudgeOptions): Promise<Judge>;
}

/** What a judge may need to be made. */
export interface JudgeOptions {
  /** The classifier's model: a folder, or OWNER/NAME, OWNER/NAME@REVISION on the hub. */
  readonly model?: string | undefined;
  /** Where the key is looked for. Default: the process's. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Where the Perspective API is; a test's own server. */
  readonly endpoint?: string;
  /** Queries a second of an interface on the network. Default 1. */
  readonly queriesPerSecond?: number;
  /** Waits; a test's own does not. */
  readonly pause?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** The clock, in milliseconds. */
  readonly now?: () => number;
}
