import type { Model } from "../../lib/model/index.js";

type Vector = number[];

/** Is shown what flows through a block, one row a token: inputs of linear layers, or the hidden states behind it. */
export type Watch = (block: number, what: "q" | "o" | "gate" | "down" | "hidden", rows: Vector[]) => void;

/**
 * Logits [T][V] of a toy model by the textbook: float64, one loop per sum, no cache, no batch. What the graph is compared
 * with where no reference runtime is at hand.
 */
export async function naiveLogits(model: Model, tokens: readonly number[], watch: Watch = () => {}): Promise<Vector[]> {
  const { config, weights } = model;
  const matrix = async (name: string): Promise<Vector[]> => rows(await weights.read(name), weights.shape(name));
  const vector = async (name: string): Promise<Vector> => [...(await weights.read(name))];
  const embedding = await matrix("embedding");
  let hidden = tokens.map((token) => embedding[token]);
  for (let block = 0; block < config.blocks; block++) {
    const at = (name: string): string => `blocks.${block}.${name}`;
    const normed = hidden.map(rms(await vector(at("attentionNorm")), config.normEpsilon));
    watch(block, "q", normed);
    const [q, k, v] = await Promise.all(["q", "k", "v"].map(async (name) => times(await matrix(at(name)), normed)));
    const attended = attention(q, k, v, config);
    watch(block, "o", attended);
    hidden = sum(hidden, times(await matrix(at("o")), attended));
    const second = hidden.map(rms(await vector(at("feedForwardNorm")), config.normEpsilon));
    watch(block, "gate", second);
    const [gate, up] = await Promise.all(["gate", "up"].map(async (name) => times(await matrix(at(name)), second)));
    const gated = gate.map((row, t) => row.map((g, i) => (g / (1 + Math.exp(-g))) * up[t][i]));
    watch(block, "down", gated);
    hidden = sum(hidden, times(await matrix(at("down")), gated));
    watch(block, "hidden", hidden);
  }
  const output = config.tiedOutput ? embedding : await matrix("output");
  return times(output, hidden.map(rms(await vector("outputNorm"), config.normEpsilon)));
}

function attention(q: Vector[], k: Vector[], v: Vector[], { heads, kvHeads, headWidth, ropeBase }: Model["config"]): Vector[] {
  const half = headWidth / 2;
  const rotate = (row: Vector, position: number): Vector =>
    row.map((x, i) => {
      const within = i % headWidth;
      const angle = position * ropeBase ** (-(within % half) / half);
      const partner = within < half ? -row[i + half] : row[i - half];
      return x * Math.cos(angle) + partner * Math.sin(angle);
    });
  const [queries, keys] = [q.map(rotate), k.map(rotate)];
  const slice = (row: Vector, head: number): Vector => row.slice(head * headWidth, (head + 1) * headWidth);
  return queries.map((row, t) =>
    Array.from({ length: heads }, (_, head) => {
      const shared = Math.floor(head / (heads / kvHeads));
      const scores = keys.slice(0, t + 1).map((key) => dot(slice(row, head), slice(key, shared)) / Math.sqrt(headWidth));
      const weights = softmax(scores);
      return slice(row, head).map((_, d) => weights.reduce((total, w, s) => total + w * slice(v[s], shared)[d], 0));
    }).flat(),
  );
}

const rows = (values: Float32Array, [, width]: readonly number[]): Vector[] =>
  Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
const dot = (a: Vector, b: Vector): number => a.reduce((total, x, i) => total + x * b[i], 0);
const times = (matrix: Vector[], inputs: Vector[]): Vector[] => inputs.map((input) => matrix.map((row) => dot(row, input)));
const sum = (a: Vector[], b: Vector[]): Vector[] => a.map((row, t) => row.map((x, i) => x + b[t][i]));
const rms =
  (gain: Vector, epsilon: number) =>
  (x: Vector): Vector => {
    const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon);
    return x.map((value, i) => value * scale * gain[i]);
  };

/** exp(x) over the sum of exp. */
export function softmax(scores: Vector): Vector {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}
