/** How text becomes token ids. */
export interface EncodeOptions {
  /** Read the text of special tokens ("<|im_start|>") as these tokens. Off for text of persons and data sets. Default false. */
  readonly parseSpecial?: boolean;
}

/** Text to token ids and back, for one model. */
export interface Tokenizer {
  readonly vocabularySize: number;
  /** Beginning of sequence, where the model wants one before raw text. */
  readonly bos?: number;
  /** Tokens that end an answer. */
  readonly endOfText: readonly number[];
  encode(text: string, options?: EncodeOptions): number[];
  /** Special tokens are left out; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string;
}
