import type { ByteReader } from "./byte-reader.js";

/** How a tensor's numbers are stored in a file; I32 and U8 only in safetensors. */
export type StorageType =
  | ("F32" | "F16" | "BF16" | "Q8_0" | "Q4_0" | "Q4_1" | "Q5_0" | "Q5_1" | "IQ4_NL" | "I32" | "U8")
  | ("Q2_K" | "Q3_K" | "Q4_K" | "Q5_K" | "Q6_K");

/** One tensor of a model file. Shapes are row-major, outermost first: a linear layer is [outputs, inputs]. */
export interface TensorInfo {
  readonly name: string;
  readonly storage: StorageType;
  readonly shape: readonly number[];
  /** Bytes in the file. */
  readonly bytes: number;
}

/** A value of a file's metadata; 64-bit integers that a double can't hold are refused while reading. */
export type MetadataValue = string | number | boolean | readonly MetadataValue[];

/** An opened and fully checked model file. Tensors are read by range, when asked for. */
export interface ModelFile {
  readonly path: string;
  readonly format: "gguf" | "safetensors";
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /** SHA-256 of the whole file, in hex. */
  digest(): Promise<string>;
  /** A tensor's values as float32, row-major. @throws InputError if there is none, or the file has changed since it was opened */
  read(name: string): Promise<Float32Array>;
  /** Some rows of a matrix, one below the other; only their bytes are read. @throws InputError as `read`, Error for a row that is not there */
  readRows(name: string, rows: readonly number[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A file format: how its files are told from others, and how one is opened. */
export interface Format {
  readonly name: ModelFile["format"];
  /** @param start the file's first 16 bytes, fewer if it is shorter */
  recognises(start: Uint8Array): boolean;
  /** Reads and checks the header. The file closes the reader. @throws InputError naming the field and offset that is wrong */
  open(reader: ByteReader): Promise<ModelFile>;
}
