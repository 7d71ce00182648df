/** How one kind of vocabulary writes text without special tokens. */
export interface TextCodec {
  /** Appends the text's ids to `out`. @param isStart nothing stands before the text */
  encodeInto(text: string, out: number[], isStart: boolean): void;
  /** @param ids of tokens that are not special */
  decode(ids: readonly number[]): string;
}
