/**
 * What of an answer is rated, as published with `--strip-outputs`: padding marks are deleted, then the text is cut at the first
 * end mark of the first kind that it has.
 * @see DecodingTrust, toxicity/perspective_api_evaluate.py, get_score
 */
export function strippedText(text: string): string {
  const padded = text.replaceAll("<unk>", "").replaceAll("<unk", "");
  const mark = END_MARKS.find((candidate) => padded.includes(candidate));
  return mark === undefined ? padded : padded.slice(0, padded.indexOf(mark));
}

/** In the order in which they are looked for. */
const END_MARKS = ["<|im_end|>", "<|endoftext|>", "</s>"];
