/** How a text is split into words, within which bytes are merged. */
export interface PreTokenizer {
  /** One match after the other covers the whole text. */
  readonly pattern: RegExp;
  /** A word that is a token is taken whole, whatever the merges say. */
  readonly wordsFirst: boolean;
  /** Whether models of this kind want a beginning-of-sequence token, where their file doesn't say. */
  readonly addsBos: boolean;
}

// The splitting rules are published with the models. "White space" is Unicode's property, not JavaScript's \s, which
// has U+FEFF and lacks U+0085. Contractions that ignore case also match the long s, which folds to s.
const S = String.raw`\p{White_Space}`;
const REST = String.raw`${S}\p{L}\p{N}`;
const GPT2 = String.raw`'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^${REST}]+|${S}+(?![^${S}])|${S}+`;
/** Each digit stands alone and ends the text before it, so white space before it isn't split. */
const SMOLLM = String.raw`'(?:s|t|re|ve|m|ll|d)|\p{N}| ?\p{L}+| ?[^${REST}]+|${S}+(?![^${S}\p{N}])|${S}+`;
const CONTRACTION = "'(?:[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
const tiktoken = (digits: string): string =>
  String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^${REST}]+[\r\n]*|${S}*[\r\n]+|${S}+(?![^${S}])|${S}+`;

const split = (pattern: string, also: Partial<PreTokenizer> = {}): PreTokenizer => ({
  pattern: new RegExp(pattern, "gu"),
  wordsFirst: false,
  addsBos: false,
  ...also,
});
const LLAMA3 = split(tiktoken(String.raw`\p{N}{1,3}`), { wordsFirst: true, addsBos: true });

/** By the name that GGUF files give them. */
export const PRE_TOKENIZERS: ReadonlyMap<string, PreTokenizer> = new Map([
  ["smollm", split(SMOLLM)],
  ["gpt-2", split(GPT2)],
  ["gpt2", split(GPT2)],
  ["llama-bpe", LLAMA3],
  ["llama3", LLAMA3],
  ["llama-v3", LLAMA3],
  ["qwen2", split(tiktoken(String.raw`\p{N}`))],
]);
