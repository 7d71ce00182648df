import { join } from "node:path";

import { z } from "zod";

import { openSafetensors, readJson } from "../../../lib/formats/index.js";
import type { SafetensorsFile } from "../../../lib/formats/index.js";
import { calibrationSet } from "../../../lib/compression/calibration/calibration-set.js";
import { clipGroups } from "../../../lib/compression/quantization/awq-clip.js";
import { quantizeGroups } from "../../../lib/compression/quantization/awq-grid.js";
import { scaleMatrix } from "../../../lib/compression/quantization/awq-scales.js";
import { compressByAwq } from "../../../lib/compression/quantization/awq.js";
import type { AwqLinear } from "../../../lib/compression/quantization/awq.js";
import { dequantize } from "../../../lib/compression/stored-matrix.js";
import type { MatrixScales } from "../../../lib/compression/stored-matrix.js";
import { BlockWalk } from "../../../lib/compression/walk/block-walk.js";
import { LINEAR_KINDS } from "../../../lib/model/linear-sites.js";
import type { LinearKind } from "../../../lib/model/linear-sites.js";
import type { Model } from "../../../lib/model/model.js";
import { overlay } from "../../../lib/model/weights.js";
import type { Weights } from "../../../lib/model/weights.js";

/** How often the searches of one layer chose the authors' grid point. */
export interface EqualChoices {
  readonly label: string;
  readonly equal: number;
  readonly of: number;
}

const SETTINGS = { bits: 4, group: 64 };
const TENSOR: Readonly<Record<LinearKind, string>> = {
  ...{ q: "self_attn.q_proj", k: "self_attn.k_proj", v: "self_attn.v_proj", o: "self_attn.o_proj" },
  ...{ gate: "mlp.gate_proj", up: "mlp.up_proj", down: "mlp.down_proj" },
};
/** Neighbouring grid points are 1/20 apart; scales of one point differ by the rounding of the inputs' means. */
const SCALE_TOLERANCE = 1e-4;
const CLIP_TOLERANCE = 1e-2;

/**
 * The scale and clip searches on a model's first blocks against the authors': `scale.B.GROUP` and `clip.B.MATRIX` of
 * `awq_blocks.safetensors`. Every block sees what the authors' own quantized blocks before it put out, so that a block's choices
 * are compared on the same inputs. Clips that differ are ties: where a group is clipped at both ends, the code of 0 is half-way
 * between two, and the last bit of a scale decides. With the authors' scales to the last bit, all maxima of block 0 are theirs.
 * @param folder with that file and `calibration_tokens.json`
 */
export async function compareBlocks(model: Model, folder: string, blocks = 3): Promise<EqualChoices[]> {
  const truth = await openSafetensors(join(folder, "awq_blocks.safetensors"));
  const rows = await readJson(join(folder, "calibration_tokens.json"), (value) => z.array(z.array(z.int())).parse(value));
  const tokens = Int32Array.from(rows.flat());
  const set = calibrationSet({ name: "reference", samples: rows.length, length: rows[0].length, seed: 0, tokens });
  const walk = await BlockWalk.open(model, set);
  const compared: EqualChoices[] = [];
  try {
    for (let block = 0; block < blocks; block++) {
      const replaced = new Map<string, Float32Array>();
      for await (const layer of searched(model, walk)) {
        compared.push(...(await compareLayer(truth, block, layer)));
        for (const [name, values] of await authorsLayer(truth, model.weights, { block, layer })) replaced.set(name, values);
      }
      if (block + 1 < blocks) await walk.advance(replacedIn(model.weights, replaced));
    }
  } finally {
    await walk.close();
    await truth.close();
  }
  return compared;
}

async function* searched({ weights }: Model, walk: BlockWalk): AsyncGenerator<AwqLinear> {
  const { block, runner, tokens } = walk;
  await walk.gather(["o", "down"], "products");
  await walk.useDense();
  const read = async (kind: LinearKind) => {
    const [rows, cols] = weights.shape(`blocks.${block}.${kind}`);
    return { rows, cols, values: await weights.read(`blocks.${block}.${kind}`) };
  };
  const statistics = (kind: LinearKind) => Promise.resolve(walk.statistics(kind));
  const activations = { runner, tokens, chunks: () => walk.chunks(), vector: () => Promise.resolve(undefined) };
  yield* compressByAwq({ block, kinds: LINEAR_KINDS, read, statistics, activations }, SETTINGS);
}

async function compareLayer(truth: SafetensorsFile, block: number, { kind, scales, maxima }: AwqLinear): Promise<EqualChoices[]> {
  const [scale, clip] = [`scale.${block}.${TENSOR[kind]}`, `clip.${block}.${TENSOR[kind]}`];
  const compared: EqualChoices[] = [];
  if (truth.tensors.has(scale)) {
    const theirs = await truth.read(scale);
    const same = theirs.every((value, i) => Math.abs((scales.inputs?.[i] ?? NaN) / value - 1) < SCALE_TOLERANCE);
    compared.push({ label: scale, equal: same ? 1 : 0, of: 1 });
  }
  if (truth.tensors.has(clip)) {
    const theirs = await truth.read(clip);
    const equal = theirs.reduce(
      (count, most, i) => count + (Math.abs((maxima?.[i] ?? NaN) / most - 1) < CLIP_TOLERANCE ? 1 : 0),
      0,
    );
    compared.push({ label: clip, equal, of: theirs.length });
  }
  return compared;
}

/** The layer, and the vector before it, as the authors' choices make them. -> by name in the model */
async function authorsLayer(
  truth: SafetensorsFile,
  weights: Weights,
  { block, layer: { kind, dense } }: { block: number; layer: AwqLinear },
): Promise<[string, Float32Array][]> {
  const scales = await authorsScales(truth, block, kind);
  const scaled = scaleMatrix(dense, scales);
  const clip = `clip.${block}.${TENSOR[kind]}`;
  const clipped = truth.tensors.has(clip) ? clipGroups(scaled, await truth.read(clip)) : scaled;
  const layer: [string, Float32Array] = [`blocks.${block}.${kind}`, dequantize(quantizeGroups(clipped, SETTINGS))];
  const norm = kind === "q" ? "attentionNorm" : kind === "gate" ? "feedForwardNorm" : undefined;
  if (norm === undefined) return [layer];
  const gains = await weights.read(`blocks.${block}.${norm}`);
  return [layer, [`blocks.${block}.${norm}`, gains.map((gain, i) => gain / (scales.inputs?.[i] ?? 1))]];
}

/** The first layer of those that share the input, whose name the scales have. */
const SCALED_BY: Partial<Readonly<Record<LinearKind, LinearKind>>> = {
  q: "q",
  k: "q",
  v: "q",
  gate: "gate",
  up: "gate",
  down: "down",
};

async function authorsScales(truth: SafetensorsFile, block: number, kind: LinearKind): Promise<MatrixScales> {
  const by = SCALED_BY[kind];
  const read = (of: LinearKind): Promise<Float32Array> => truth.read(`scale.${block}.${TENSOR[of]}`);
  return {
    inputs: by === undefined ? undefined : await read(by),
    outputs: kind === "up" ? await read("down") : undefined,
  };
}

const replacedIn = (weights: Weights, replaced: ReadonlyMap<string, Float32Array>): Weights =>
  overlay(weights, new Set(replaced.keys()), (name) => Promise.resolve(replaced.get(name) ?? new Float32Array(0)));
