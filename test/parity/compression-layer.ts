import type { BlockInput, CompressionMethod } from "../../lib/compression/index.js";
import type { InputStatistics, MethodSettings } from "../../lib/compression/method.js";
import { restore } from "../../lib/compression/stored-matrix.js";
import type { WeightMatrix } from "../../lib/compression/stored-matrix.js";
import type { ModelFile } from "../../lib/formats/index.js";

/** A layer of `layers/*.safetensors`: its weights and what is known of its inputs. */
export interface ReferenceLayer {
  readonly file: ModelFile;
  readonly weight: WeightMatrix;
  readonly statistics: InputStatistics;
}

/** @param file with w [O, I], x [tokens, I] and hessian [I, I] */
export async function readLayer(file: ModelFile): Promise<ReferenceLayer> {
  const [rows, cols] = file.tensors.get("w")?.shape ?? [0, 0];
  const x = await file.read("x");
  const tokens = x.length / cols;
  const squares = new Float64Array(cols);
  for (let i = 0; i < x.length; i++) squares[i % cols] += x[i] * x[i];
  const statistics = {
    width: cols,
    tokens,
    meanSquares: Float32Array.from(squares, (sum) => sum / tokens),
    hessian: await file.read("hessian"),
  };
  return { file, weight: { rows, cols, values: await file.read("w") }, statistics };
}

/** The weights that a method makes of the layer, as one of a block. */
export async function compressLayer(
  { weight, statistics }: Omit<ReferenceLayer, "file">,
  method: CompressionMethod,
  settings: MethodSettings,
): Promise<Float32Array> {
  const input: BlockInput = {
    block: 0,
    kinds: ["q"],
    read: () => Promise.resolve(weight),
    statistics: () => Promise.resolve(statistics),
  };
  for await (const { stored } of method.compressBlock(input, { ...method.defaults, ...settings })) {
    return restore(stored, weight.values);
  }
  throw new Error(`${method.name} made nothing of the layer`);
}
