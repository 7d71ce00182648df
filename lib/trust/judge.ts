import type { Judgement } from "./item.js";

/** Something that rates answers: a classifier, a word list, an interface on the network. One file of `judges/`. */
export interface Judge {
  /** With its version, as records keep it. */
  readonly name: string;
  /** In the order of the texts. @throws InputError where it can't judge at all, InterruptedError after `signal` fired */
  judge(texts: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly Judgement[]>;
}
