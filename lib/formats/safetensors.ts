import { open } from "node:fs/promises";

import { InputError } from "../core/errors.js";
import { openByteReader } from "./byte-reader.js";
import type { ByteReader } from "./byte-reader.js";
import { bfloatToFloat, halfToFloat } from "./half-floats.js";
import { readMatrixRows } from "./matrix-rows.js";
import type { Format, ModelFile } from "./model-file.js";
import { ELEMENT_BYTES, LONGEST_HEADER, readSafetensorsHeader } from "./safetensors-header.js";
import type { ElementType, SafetensorsEntry } from "./safetensors-header.js";

/** A safetensors file; beside floats it gives a tensor's bytes as they stand. */
export interface SafetensorsFile extends ModelFile {
  /** @throws InputError if there is no such tensor, or the file has changed since it was opened */
  readBytes(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

/** A tensor to write. */
export interface TensorToWrite {
  readonly name: string;
  readonly storage: ElementType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | Float32Array | Int32Array;
}

/** Single safetensors files. */
export const safetensors: Format = {
  name: "safetensors",
  recognises: (start) => start.length >= 9 && start[8] === 0x7b && headerLengthOf(start) <= LONGEST_HEADER,
  open: openFrom,
};

const headerLengthOf = (start: Uint8Array): bigint =>
  new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true);

/** @throws InputError if there is no such file, or its header is wrong */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const reader = await openByteReader(path);
  try {
    return await openFrom(reader);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/**
 * Writes a safetensors file: header padded to 8 bytes, tensors in the given order, no holes.
 * @throws Error if a tensor's data don't fill its shape
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let end = 0;
  for (const { name, storage, shape, data } of tensors) {
    const bytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[storage]);
    if (bytes !== data.byteLength) throw new Error(`tensor ${name}: ${data.byteLength} bytes for a shape of ${bytes}`);
    header.push([name, { dtype: storage, shape, data_offsets: [end, end + bytes] }]);
    end += bytes;
  }
  const json = JSON.stringify(Object.fromEntries(header));
  const text = Buffer.from(json.padEnd(json.length + ((8 - (Buffer.byteLength(json) % 8)) % 8)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(Buffer.concat([length, text]));
    for (const { data } of tensors) await handle.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  } finally {
    await handle.close();
  }
}

async function openFrom(reader: ByteReader): Promise<SafetensorsFile> {
  const { metadata, tensors } = await readSafetensorsHeader(reader);
  let digest: Promise<string> | undefined;
  const entryOf = (name: string): SafetensorsEntry => {
    const entry = tensors.get(name);
    if (entry !== undefined) return entry;
    throw new InputError({ where: reader.path, found: `no tensor ${name}`, expected: `one of its ${tensors.size}` });
  };
  const readBytes = (name: string): Promise<Uint8Array<ArrayBuffer>> => {
    const { offset, bytes } = entryOf(name);
    return reader.read(`tensor ${name}`, offset, bytes);
  };
  return {
    path: reader.path,
    format: "safetensors",
    bytes: reader.bytes,
    metadata,
    tensors,
    digest: () => (digest ??= reader.digest()),
    readBytes,
    read: async (name) => toFloats(entryOf(name).storage, await readBytes(name)),
    readRows: (name, rows) => {
      const { storage, offset, bytes, shape } = entryOf(name);
      return readMatrixRows(reader, { field: `tensor ${name}`, offset, bytes, shape, rows }, (row) => toFloats(storage, row));
    },
    close: () => reader.close(),
  };
}

function toFloats(storage: ElementType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (storage === "F32") return new Float32Array(bytes.buffer);
  if (storage === "F16") return halfToFloat(new Uint16Array(bytes.buffer));
  if (storage === "BF16") return bfloatToFloat(new Uint16Array(bytes.buffer));
  return Float32Array.from(storage === "I32" ? new Int32Array(bytes.buffer) : bytes);
}
