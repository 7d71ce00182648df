import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A little-endian byte string under construction; values may be wrong on purpose. */
export class ByteWriter {
  readonly #parts: Buffer[] = [];

  u8 = (value: number): this => this.#add(1, (buffer) => buffer.writeUInt8(value));
  u32 = (value: number): this => this.#add(4, (buffer) => buffer.writeUInt32LE(value));
  f32 = (value: number): this => this.#add(4, (buffer) => buffer.writeFloatLE(value));
  u64 = (value: number | bigint): this => this.#add(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value)));
  i64 = (value: bigint): this => this.#add(8, (buffer) => buffer.writeBigInt64LE(value));

  text(value: string, length: number | bigint = Buffer.byteLength(value)): this {
    return this.u64(length).bytes(Buffer.from(value));
  }

  bytes(value: Uint8Array): this {
    this.#parts.push(Buffer.from(value));
    return this;
  }

  padTo(multiple: number): this {
    return this.bytes(new Uint8Array((multiple - (this.length % multiple)) % multiple));
  }

  get length(): number {
    return this.#parts.reduce((total, part) => total + part.length, 0);
  }

  finish = (): Buffer => Buffer.concat(this.#parts);

  #add(size: number, write: (buffer: Buffer) => void): this {
    const buffer = Buffer.alloc(size);
    write(buffer);
    return this.bytes(buffer);
  }
}

/** Parts of a GGUF file; each may be replaced by a wrong one. */
export interface GgufParts {
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  /** Writes the metadata's keys. */
  readonly keys?: readonly ((writer: ByteWriter) => ByteWriter)[];
  readonly tensors?: readonly TensorParts[];
  readonly data?: Uint8Array;
}

/** One line of the tensor table. */
export interface TensorParts {
  readonly name: string;
  /** Innermost first, as the file has it. */
  readonly sizes: readonly (number | bigint)[];
  readonly type: number;
  readonly offset: number | bigint;
}

/** A key with a text. */
export const textKey = (key: string, value: string) => (writer: ByteWriter) => writer.text(key).u32(8).text(value);

/** A key with an unsigned 32-bit integer. */
export const numberKey = (key: string, value: number) => (writer: ByteWriter) => writer.text(key).u32(4).u32(value);

/** The bytes of a GGUF file of these parts. */
export function ggufBytes({ version = 3, keys = [], tensors = [], data = new Uint8Array(0), ...counts }: GgufParts): Buffer {
  const writer = new ByteWriter().bytes(Buffer.from("GGUF")).u32(version);
  writer.u64(counts.tensorCount ?? tensors.length).u64(counts.keyCount ?? keys.length);
  for (const key of keys) key(writer);
  for (const { name, sizes, type, offset } of tensors) {
    writer.text(name).u32(sizes.length);
    for (const size of sizes) writer.u64(size);
    writer.u32(type).u64(offset);
  }
  return writer.padTo(32).bytes(data).finish();
}

/** Writes a file into a fresh temporary folder, and gives its path. */
export function temporaryFile(bytes: Uint8Array, name = "model.gguf"): string {
  const path = join(mkdtempSync(join(tmpdir(), "touchstone-test-")), name);
  writeFileSync(path, bytes);
  return path;
}
