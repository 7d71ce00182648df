import type { MethodSettings } from "../../lib/compression/method.js";

/** A reference tensor: which method and settings of ours it answers to. */
export interface ReferenceCase {
  readonly tensor: string;
  readonly method: string;
  readonly settings: MethodSettings;
}

/** How our weights differ from the authors'. */
export interface Comparison {
  /** Largest absolute difference over the layer's largest absolute weight. */
  readonly largestDifference: number;
  /** Share of weights within 1e-4 of the largest weight. */
  readonly shareEqual: number;
  readonly shareIdentical: number;
  /** Share of weights that are zero in both or in neither. */
  readonly shareSameZeros: number;
}

const INPUTS = new Set(["w", "x", "hessian"]);

/** What a tensor of `layers/*.safetensors` is; undefined for the inputs, and for what is no weights. */
export function readCase(tensor: string): ReferenceCase | undefined {
  if (INPUTS.has(tensor) || tensor.startsWith("awq_clip.")) return undefined; // maxima, not weights: awq/clips.ts
  const [method, ...parts] = tensor.split(".");
  if (method === "rtn")
    return { tensor, method, settings: { bits: bitsOf(parts), group: "channel", symmetric: parts.includes("sym") } };
  if (method === "awq_rtn") return { tensor, method: "rtn", settings: { bits: bitsOf(parts), group: 64, symmetric: false } };
  if (["magnitude", "wanda", "sparsegpt"].includes(method)) return { tensor, method, settings: { pattern: patternOf(parts[0]) } };
  if (method === "gptq") return { tensor, method, settings: gptqSettings(parts) };
  return { tensor, method, settings: {} };
}

function gptqSettings(parts: readonly string[]): MethodSettings {
  const group = Number(parts.find((part) => /^g-?\d+$/.test(part))?.slice(1));
  return {
    bits: bitsOf(parts),
    group: group === -1 ? "channel" : group,
    symmetric: parts.includes("sym"),
    actOrder: parts.includes("act"),
    staticGroups: parts.includes("static"),
  };
}

const bitsOf = (parts: readonly string[]): number => Number(parts.find((part) => /^b\d$/.test(part))?.slice(1));

/** "s50" -> "50%"; "2of4", which takes 2 of each 4 away, -> "2:4", which keeps 4 − 2 of each 4. */
function patternOf(text: string): string {
  if (text.startsWith("s")) return `${text.slice(1)}%`;
  const [taken, of] = text.split("of").map(Number);
  return `${of - taken}:${of}`;
}

/** Compares two layers. @param dense the layer before compression, for the scale */
export function compareWeights(ours: Float32Array, theirs: Float32Array, dense: Float32Array): Comparison {
  const scale = dense.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0);
  let largest = ours.length === theirs.length ? 0 : Infinity;
  let [equal, identical, sameZeros] = [0, 0, 0];
  ours.forEach((weight, i) => {
    const difference = Math.abs(weight - theirs[i]) / scale;
    largest = Math.max(largest, difference);
    if (difference <= 1e-4) equal++;
    if (weight === theirs[i]) identical++;
    if ((weight === 0) === (theirs[i] === 0)) sameZeros++;
  });
  const share = (count: number): number => count / ours.length;
  return {
    largestDifference: largest,
    shareEqual: share(equal),
    shareIdentical: share(identical),
    shareSameZeros: share(sameZeros),
  };
}
