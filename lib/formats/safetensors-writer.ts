import { open } from "node:fs/promises";
import { join } from "node:path";

import { writeJson } from "./json-file.js";
import { ELEMENT_BYTES } from "./safetensors-header.js";
import type { ElementType } from "./safetensors-header.js";
import { bytesOf, elementsOf } from "./tensor-stream.js";
import type { TensorSource } from "./tensor-stream.js";

/** A tensor of a safetensors file, made when it is written. */
export type SafetensorsSource = TensorSource<ElementType>;

/** As in Hugging Face's libraries: a model above it is written in shards. */
export const LARGEST_SHARD = 5e9;

const sizeOf = ({ storage, shape }: SafetensorsSource): number => elementsOf(shape) * ELEMENT_BYTES[storage];

/** Bytes that `writeSafetensorsModel` will write, but for its headers. */
export const safetensorsBytes = (tensors: readonly SafetensorsSource[]): number =>
  tensors.reduce((sum, tensor) => sum + sizeOf(tensor), 0);

/**
 * Writes `model.safetensors`, or shards with their index where it would be larger than `largest`. One tensor at a time is in memory.
 * Yields the name of each tensor before it is written.
 */
export async function* writeSafetensorsModel(
  folder: string,
  tensors: readonly SafetensorsSource[],
  largest = LARGEST_SHARD,
): AsyncGenerator<string, void, void> {
  const shards = shardsOf(tensors, largest);
  const number = (i: number): string => String(i).padStart(5, "0");
  const names = shards.map((_, i) =>
    shards.length === 1 ? "model.safetensors" : `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`,
  );
  for (const [i, shard] of shards.entries()) yield* writeShard(join(folder, names[i]), shard);
  if (shards.length === 1) return;
  const map = Object.fromEntries(shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]] as const)));
  const index = { metadata: { total_size: safetensorsBytes(tensors) }, weight_map: map };
  await writeJson(join(folder, "model.safetensors.index.json"), index);
}

/** In the given order, as full as they may be; a tensor above `largest` has a shard of its own. */
function shardsOf(tensors: readonly SafetensorsSource[], largest: number): SafetensorsSource[][] {
  const shards: SafetensorsSource[][] = [[]];
  let filled = 0;
  for (const tensor of tensors) {
    const size = sizeOf(tensor);
    if (filled > 0 && filled + size > largest) {
      shards.push([]);
      filled = 0;
    }
    shards[shards.length - 1].push(tensor);
    filled += size;
  }
  return shards;
}

async function* writeShard(path: string, tensors: readonly SafetensorsSource[]): AsyncGenerator<string, void, void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(headerOf(tensors));
    for (const tensor of tensors) {
      yield tensor.name;
      await handle.writeFile(await bytesOf(tensor, sizeOf(tensor)));
    }
  } finally {
    await handle.close();
  }
}

/** Length and JSON, padded so that the data begin at a multiple of 8. */
function headerOf(tensors: readonly SafetensorsSource[]): Uint8Array {
  const entries: [string, unknown][] = [["__metadata__", { format: "pt" }]]; // transformers refuses a file that doesn't say it
  let end = 0;
  for (const tensor of tensors) {
    const start = end;
    end += sizeOf(tensor);
    entries.push([tensor.name, { dtype: tensor.storage, shape: tensor.shape, data_offsets: [start, end] }]);
  }
  const json = JSON.stringify(Object.fromEntries(entries));
  const text = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text]);
}
