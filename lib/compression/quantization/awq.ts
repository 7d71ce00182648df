import { InputError } from "../../core/errors.js";
import { breathe } from "../../core/progress.js";
import type { InputGroup } from "../../model/block-graph.js";
import type { ModelConfig } from "../../model/config.js";
import { LINEAR_KINDS } from "../../model/linear-sites.js";
import type { LinearKind } from "../../model/linear-sites.js";
import { inputWidths } from "../input-widths.js";
import type { BlockInput, BlockVector, CompressedLinear, CompressionMethod } from "../method.js";
import type { MatrixScales } from "../stored-matrix.js";
import { clipGroups, searchClip } from "./awq-clip.js";
import { quantizeGroups } from "./awq-grid.js";
import { surveyInputs } from "./awq-inputs.js";
import type { InputSample } from "./awq-inputs.js";
import { scaleMatrix } from "./awq-scales.js";
import { scalableGroups, searchScales, triedParts } from "./awq-search.js";
import type { BlockScales } from "./awq-search.js";
import { completeQuantizer, quantizerFigures } from "./quantizer-settings.js";

/** Settings of AWQ; its grids always have a zero point. */
export type AwqSettings = {
  /** 2–8 */
  readonly bits: number;
  /** Inputs that share a grid, or "channel": all of an output's. null: the model's standard group. */
  readonly group: number | "channel" | null;
};

const WHERE = "compression method awq";

/** Scales that protect the weights of strong inputs, and clipped groups, both searched on the calibration set. */
export const awq: CompressionMethod<AwqSettings> = {
  name: "awq",
  kind: "quantize",
  summary: "AWQ: scales protect the weights of strong inputs, groups are clipped, both by search; then round to nearest",
  needs: "activations",
  defaults: { bits: 4, group: null },
  complete: completeAwq,
  figures: (settings) => quantizerFigures("awq", { ...settings, symmetric: false }),
  compressBlock: compressByAwq,
};

function completeAwq(settings: AwqSettings, config: ModelConfig): AwqSettings {
  const { bits, group } = completeQuantizer(WHERE, { ...settings, symmetric: false }, config);
  const widths = inputWidths(config);
  const short = typeof group === "number" ? widths.filter((width) => width % group !== 0) : [];
  if (short.length === 0) return { bits, group };
  const fitting = [128, 64, 32, 16].filter((size) => widths.every((width) => width % size === 0));
  throw new InputError({
    where: `${WHERE}, group ${group}`,
    found: `layers of ${short.join(" and ")} inputs, whose last group would be shorter`,
    expected: "a group that divides the inputs of every layer",
    remedy: `take ${[...fitting, '"channel"'].join(" or ")}`,
  });
}

/** The group of layers that see a layer's input. */
const GROUP_OF: Readonly<Record<LinearKind, InputGroup>> = {
  ...{ q: "q", k: "q", v: "q", o: "o" },
  ...{ gate: "gate", up: "gate", down: "down" },
};
/** The group whose input a layer's output becomes, entry by entry up to products with others. */
const FEEDS: Partial<Readonly<Record<LinearKind, InputGroup>>> = { v: "o", up: "down" };
/** q and k are not clipped: their outputs meet in a product, which the layer's own error says little about. */
const UNCLIPPED: ReadonlySet<LinearKind> = new Set(["q", "k"]);

/** A layer with what the searches chose for it. */
export interface AwqLinear extends CompressedLinear {
  readonly scales: MatrixScales;
  /** [O · groups] what its scaled weights were clipped to; absent for q and k, which are not clipped */
  readonly maxima?: Float32Array | undefined;
}

/**
 * All scales of the block are searched and applied, then the groups are clipped, then quantized: the authors' order. A group of
 * layers is only scaled if all of it, and the layer before that takes the scales back, is compressed.
 * @see Lin et al. 2024 (AWQ), section 3.2, and its code's run_awq
 */
export async function* compressByAwq(block: BlockInput, settings: AwqSettings): AsyncGenerator<AwqLinear> {
  if (block.activations === undefined) throw new Error("this method was given no calibration");
  const scalable = await scalableGroups(block);
  const seen = await surveyInputs(block.activations, triedParts(scalable));
  const found = await searchScales(block, seen, settings);
  for (const kind of LINEAR_KINDS.filter((each) => block.kinds.includes(each))) {
    const dense = await block.read(kind);
    const scales = layerScales(found, kind);
    const scaled = scaleMatrix(dense, scales);
    const sample = scaleSample(seen[GROUP_OF[kind]].sample, scales.inputs);
    const maxima = UNCLIPPED.has(kind) ? undefined : await searchClip(scaled, sample, settings);
    const clipped = maxima === undefined ? scaled : clipGroups(scaled, maxima);
    const vectors = await replacedVectors(block, kind, scales);
    yield { kind, dense, stored: quantizeGroups(clipped, settings), scales, vectors, maxima };
    await breathe();
  }
}

/** By what a layer is scaled. */
function layerScales(found: BlockScales, kind: LinearKind): MatrixScales {
  const fed = FEEDS[kind];
  return { inputs: found.get(GROUP_OF[kind]), outputs: fed === undefined ? undefined : found.get(fed) };
}

/** The inputs as a scaled layer sees them: over its scales. */
function scaleSample(sample: InputSample, scales: Float32Array | undefined): InputSample {
  if (scales === undefined) return sample;
  const { count, values } = sample;
  return { ...sample, values: values.map((value, i) => value / scales[Math.floor(i / count)]) };
}

/** Where the scales of a layer are taken back: in the norm before it, or in its own bias. */
async function replacedVectors(
  block: BlockInput,
  kind: LinearKind,
  { inputs, outputs }: MatrixScales,
): Promise<Partial<Record<BlockVector, Float32Array>>> {
  const over = async (
    name: BlockVector,
    scales: Float32Array | undefined,
  ): Promise<Partial<Record<BlockVector, Float32Array>>> => {
    const vector = scales === undefined ? undefined : await block.activations?.vector(name);
    return vector === undefined || scales === undefined ? {} : { [name]: vector.map((value, i) => value / scales[i]) };
  };
  if (kind === "q") return over("attentionNorm", inputs);
  if (kind === "gate") return over("feedForwardNorm", inputs);
  return kind === "v" ? over("vBias", outputs) : {};
}
