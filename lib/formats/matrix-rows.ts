import type { ByteReader } from "./byte-reader.js";

/** Where a matrix stands in a file, and which of its rows are wanted. */
export interface RowsInFile {
  /** What is read, for errors. */
  readonly field: string;
  readonly offset: number;
  /** Of the whole matrix. */
  readonly bytes: number;
  /** [rows, columns] */
  readonly shape: readonly number[];
  readonly rows: readonly number[];
}

/**
 * Rows of a matrix, one below the other, each read by itself. -> [wanted · columns]
 * @param decode the bytes of one row, at offset 0 of their buffer -> [columns]   @throws Error for a row that there is not
 */
export async function readMatrixRows(
  reader: ByteReader,
  { field, offset, bytes, shape, rows }: RowsInFile,
  decode: (row: Uint8Array<ArrayBuffer>) => Float32Array,
): Promise<Float32Array> {
  const [count, columns] = shape;
  const rowBytes = bytes / count;
  const out = new Float32Array(rows.length * columns);
  for (const [at, row] of rows.entries()) {
    if (!(Number.isInteger(row) && row >= 0 && row < count)) throw new Error(`${field} has no row ${row}`);
    out.set(decode(await reader.read(field, offset + row * rowBytes, rowBytes)), at * columns);
  }
  return out;
}
