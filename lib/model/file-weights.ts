import { InputError } from "../core/errors.js";
import type { ModelFile } from "../formats/model-file.js";
import type { ModelConfig } from "./config.js";
import { weightShapes } from "./weight-shapes.js";
import type { Weights } from "./weights.js";

/** How a file format names a model's tensors, and what it does to them. */
export interface Naming {
  /** The tensor of a weight outside the blocks, by our names. */
  readonly whole: Readonly<Record<string, string>>;
  /** The same of a block's weight. */
  readonly inBlock: Readonly<Record<string, string>>;
  readonly blockPrefix: (block: string) => string;
  /** Tensors that may stand in a file without being used. */
  readonly ignored: RegExp;
  /** Brings a tensor's values into our order. */
  readonly arrange?: (name: string, values: Float32Array) => Float32Array;
}

/**
 * A file's tensors under our names, read when asked for.
 * @throws InputError if one is missing, has another shape than the configuration says, or isn't known: it would be left out of every answer
 */
export function weightsFromFile(file: ModelFile, config: ModelConfig, naming: Naming): Weights {
  const shapes = weightShapes(config);
  const tensorOf = (name: string): string => tensorName(naming, name);
  const used = new Set<string>();
  for (const [name, shape] of shapes) {
    checkShape(file, tensorOf(name), shape);
    used.add(tensorOf(name));
  }
  for (const tensor of file.tensors.keys())
    if (!used.has(tensor) && !naming.ignored.test(tensor)) throw unknownTensor(file, tensor);
  return {
    names: [...shapes.keys()],
    shape: (name) => {
      const shape = shapes.get(name);
      if (shape === undefined) throw new Error(`no weight ${name}`);
      return shape;
    },
    read: async (name) => {
      const tensor = tensorOf(name);
      const values = await file.read(tensor);
      checkFinite(file, tensor, values);
      return naming.arrange?.(name, values) ?? values;
    },
    embeddings: async (tokens) => {
      const values = await file.readRows(tensorOf("embedding"), tokens);
      checkFinite(file, tensorOf("embedding"), values);
      return values;
    },
  };
}

function tensorName({ whole, inBlock, blockPrefix }: Naming, name: string): string {
  const [, block, rest] = /^blocks\.(\d+)\.(\w+)$/.exec(name) ?? [];
  const tensor = block === undefined ? whole[name] : inBlock[rest];
  if (tensor === undefined) throw new Error(`no weight ${name}`);
  return block === undefined ? tensor : `${blockPrefix(block)}${tensor}`;
}

function checkShape(file: ModelFile, tensor: string, shape: readonly number[]): void {
  const info = file.tensors.get(tensor);
  if (info !== undefined && info.shape.length === shape.length && info.shape.every((size, i) => size === shape[i])) return;
  throw new InputError({
    where: `${file.path}, tensor ${tensor}`,
    found: info === undefined ? "none" : `shape [${info.shape.join(", ")}]`,
    expected: `shape [${shape.join(", ")}], as the metadata says`,
  });
}

function unknownTensor(file: ModelFile, tensor: string): InputError {
  return new InputError({
    where: `${file.path}, tensor ${tensor}`,
    found: "a tensor that this architecture doesn't have",
    expected: "only tensors that take part in its answers",
    remedy: "the file belongs to a variant of the architecture that isn't run",
  });
}

/** x · 0 is 0 for numbers alone. Four sums, as each addition waits for the one before: a third of the time. */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i] * 0;
    b += values[i + 1] * 0;
    c += values[i + 2] * 0;
    d += values[i + 3] * 0;
  }
  for (let i = whole; i < values.length; i++) a += values[i] * 0;
  return a + b + c + d === 0;
}

/** @throws InputError naming the first weight that is no number: it would make every answer none */
function checkFinite({ path }: ModelFile, tensor: string, values: Float32Array): void {
  if (areFinite(values)) return;
  const at = values.findIndex((value) => !Number.isFinite(value));
  throw new InputError({
    where: `${path}, tensor ${tensor}, weight ${at}`,
    found: String(values[at]),
    expected: "a number",
    remedy: "the file is damaged; fetch it again",
  });
}
