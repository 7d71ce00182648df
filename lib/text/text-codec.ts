/** How one kind of vocabulary writes text without special tokens. */
export interface TextCodec {
  /** Appends the text's ids to `out`. */
  encodeInto(text: string, out: number[]): void;
  /** @param ids of tokens that are not special */
  decode(ids: readonly number[]): string;
}
