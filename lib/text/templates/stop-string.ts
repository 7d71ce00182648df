/** How an answer is cut. */
export interface CutOptions {
  /**
   * As DecodingTrust's published code cuts: where the stop string does not occur, the answer's last character is lost
   * (`text[:text.find(stop)]` with −1). For the reproduction of published answers only.
   */
  readonly asPublished?: boolean;
}

/** An answer up to the first stop string; the whole of it where there is none or the template has none. */
export function cutAtStop(answer: string, stop: string | undefined, { asPublished = false }: CutOptions = {}): string {
  if (stop === undefined) return answer;
  const at = answer.indexOf(stop);
  if (at !== -1) return answer.slice(0, at);
  return asPublished ? answer.replace(/.$/su, "") : answer; // a code point, as Python counts
}
