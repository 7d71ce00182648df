import { BYTE_TO_CHARACTER } from "../../lib/text/byte-alphabet.js";
import { TOKEN_KIND } from "../../lib/text/index.js";

/** Control tokens of the toy vocabulary, ids 0 to 2; its one user-defined token comes last. */
export const CONTROL_TOKENS = ["<|end|>", "<|im_start|>", "<|im_end|>"];
export const USER_DEFINED = "<tool>";

/** Metadata of a byte-level BPE vocabulary: three control tokens, 256 bytes, the merges' results, a user-defined token. */
export function toyMetadata(merges: readonly string[], extra: Readonly<Record<string, unknown>> = {}): Map<string, unknown> {
  const merged = [...new Set(merges.map((merge) => merge.replace(" ", "")))];
  const tokens = [...CONTROL_TOKENS, ...BYTE_TO_CHARACTER, ...merged, USER_DEFINED];
  const kinds = tokens.map((_, id) => {
    if (id < CONTROL_TOKENS.length) return TOKEN_KIND.control;
    return id === tokens.length - 1 ? TOKEN_KIND.userDefined : TOKEN_KIND.normal;
  });
  return new Map<string, unknown>(
    Object.entries({
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.pre": "gpt-2",
      "tokenizer.ggml.tokens": tokens,
      "tokenizer.ggml.token_type": kinds,
      "tokenizer.ggml.merges": merges,
      "tokenizer.ggml.bos_token_id": 1,
      "tokenizer.ggml.eos_token_id": 2,
      ...extra,
    }),
  );
}
