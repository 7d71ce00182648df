import { open } from "node:fs/promises";

import { BLOCK_LAYOUTS, BLOCK_LAYOUT_NUMBERS } from "./gguf-blocks.js";
import { GGUF_TYPES } from "./gguf-values.js";
import type { GgufValue } from "./gguf-values.js";
import { bytesOf, elementsOf } from "./tensor-stream.js";
import type { TensorSource } from "./tensor-stream.js";

/** A block layout of a GGUF: "F16", "Q8_0". */
export type GgufStorage = keyof typeof BLOCK_LAYOUTS;

/** A tensor of a GGUF file, made when it is written. */
export type GgufSource = TensorSource<GgufStorage>;

const ALIGNMENT = 32;
const VERSION = 3;
const NUMBERS = new Map([...BLOCK_LAYOUT_NUMBERS].map(([number, name]) => [name, number]));

const sizeOf = ({ storage, shape }: GgufSource): number =>
  (elementsOf(shape) / BLOCK_LAYOUTS[storage].weights) * BLOCK_LAYOUTS[storage].bytes;
const aligned = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;

/** Bytes that `writeGguf` will write, but for its header. */
export const ggufBytes = (tensors: readonly GgufSource[]): number => tensors.reduce((sum, one) => sum + aligned(sizeOf(one)), 0);

/**
 * Writes a GGUF file, version 3, aligned to 32 bytes. One tensor at a time is in memory. Yields the name of each tensor before it is
 * written.
 */
export async function* writeGguf(
  path: string,
  keys: ReadonlyMap<string, GgufValue>,
  tensors: readonly GgufSource[],
): AsyncGenerator<string, void, void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(headerOf(keys, tensors));
    for (const tensor of tensors) {
      yield tensor.name;
      const size = sizeOf(tensor);
      await handle.writeFile(await bytesOf(tensor, size));
      if (aligned(size) > size) await handle.writeFile(new Uint8Array(aligned(size) - size));
    }
  } finally {
    await handle.close();
  }
}

function headerOf(keys: ReadonlyMap<string, GgufValue>, tensors: readonly GgufSource[]): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from("GGUF"), u32(VERSION), u64(tensors.length), u64(keys.size)];
  for (const [key, value] of keys) parts.push(text(key), u32(GGUF_TYPES[value.type].number), ...valueParts(value));
  let offset = 0;
  for (const tensor of tensors) {
    const { name, storage, shape } = tensor;
    const sizes = [...shape].reverse(); // the file lists the innermost dimension first
    parts.push(text(name), u32(shape.length), ...sizes.map(u64), u32(NUMBERS.get(storage) ?? 0), u64(offset));
    offset += aligned(sizeOf(tensor));
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, new Uint8Array(aligned(header.length) - header.length)]);
}

function valueParts(value: GgufValue): Uint8Array[] {
  if (value.type !== "array") return [GGUF_TYPES[value.type].write(value.value)];
  const { number, write } = GGUF_TYPES[value.element];
  return [u32(number), u64(value.values.length), ...value.values.map(write)];
}

const u32 = (value: number): Uint8Array => GGUF_TYPES.u32.write(value);
const u64 = (value: number): Uint8Array => GGUF_TYPES.u64.write(value);
const text = (value: string): Uint8Array => GGUF_TYPES.text.write(value);
