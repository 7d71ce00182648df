import type { Model } from "../../model/model.js";

/** The tokens' embeddings, a column each; only the rows that occur are read. tokens [N] -> [W, N] */
export async function embedChunk({ weights, config }: Model, tokens: Int32Array): Promise<Float32Array> {
  const { width } = config;
  const different = [...new Set(tokens)].sort((a, b) => a - b);
  const some = await weights.embeddings?.(different);
  const rows = some ?? (await weights.read("embedding"));
  const rowOf = new Map(different.map((token, i) => [token, some === undefined ? token : i]));
  const hidden = new Float32Array(width * tokens.length);
  tokens.forEach((token, column) => {
    const from = (rowOf.get(token) ?? 0) * width;
    for (let i = 0, at = column; i < width; i++, at += tokens.length) hidden[at] = rows[from + i];
  });
  return hidden;
}
