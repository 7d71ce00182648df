/** A tensor to write whose values are made when their turn comes, so that a file larger than the memory can be written. */
export interface TensorSource<Storage extends string> {
  readonly name: string;
  readonly storage: Storage;
  /** Row-major, outermost first. */
  readonly shape: readonly number[];
  /** As they stand in the file, little-endian. */
  readonly data: () => Promise<Uint8Array | Uint16Array | Int32Array | Float32Array>;
}

/** How many numbers a tensor is. */
export const elementsOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The tensor's bytes. @throws Error if they are not as many as the header says */
export async function bytesOf({ name, data }: TensorSource<string>, expected: number): Promise<Uint8Array> {
  const values = await data();
  if (values.byteLength !== expected) throw new Error(`tensor ${name}: ${values.byteLength} bytes instead of ${expected}`);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
