/** A linear layer's weights on the host: values [rows · cols], row-major; rows are outputs, cols inputs. */
export interface WeightMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float32Array;
}

/**
 * Integer codes on one grid for each `group` inputs of a row (the last group of a row may be shorter): w = scale · (code − zero).
 * The inputs of a group are neighbours, or those that `groupIndex` says.
 */
export interface QuantizedMatrix {
  readonly kind: "quantized";
  readonly rows: number;
  readonly cols: number;
  readonly bits: number;
  /** Inputs a group; `cols` for one grid a row. */
  readonly group: number;
  /** The zero point is the middle of the range everywhere and needs no storing. */
  readonly symmetric: boolean;
  /** [rows · cols], 0 to 2^bits − 1 */
  readonly codes: Uint8Array;
  /** [rows · groups] */
  readonly scales: Float32Array;
  /** [rows · groups], codes that stand for 0 */
  readonly zeros: Uint8Array;
  /** [cols] each input's group, where groups were made of inputs in another order (GPTQ's activation order) */
  readonly groupIndex?: Uint16Array | undefined;
}

/** The dense matrix with some weights set to zero, all others as they were. */
export interface MaskedMatrix {
  readonly kind: "masked";
  readonly rows: number;
  readonly cols: number;
  /** [rows · cols / 8], rounded up: bit i % 8 of byte i / 8 is set where weight i is kept */
  readonly mask: Uint8Array;
}

/** Some weights zero, the others changed to make up for them. */
export interface SparseMatrix {
  readonly kind: "sparse";
  readonly rows: number;
  readonly cols: number;
  /** As in MaskedMatrix. */
  readonly mask: Uint8Array;
  /** [kept] the weights that are left, in order */
  readonly values: Float32Array;
}

/** What a method makes of a matrix: enough to give it back exactly, and no more. */
export type StoredMatrix = QuantizedMatrix | MaskedMatrix | SparseMatrix;

/** The float32 weights. @param dense the matrix before compression, as a mask says only which of its weights are left */
export function restore(stored: StoredMatrix, dense: Float32Array): Float32Array<ArrayBuffer> {
  if (stored.kind === "quantized") return dequantize(stored);
  return stored.kind === "masked" ? applyMask(stored.mask, dense) : scatter(stored);
}

/** scale · (code − zero) in float32. -> [rows · cols] */
export function dequantize(matrix: QuantizedMatrix): Float32Array<ArrayBuffer> {
  const { rows, cols, group, codes, scales, zeros, groupIndex } = matrix;
  if (groupIndex !== undefined) return dequantizeScattered(matrix, groupIndex);
  const out = new Float32Array(codes.length);
  for (let row = 0, grid = 0; row < rows; row++) {
    const rowEnd = (row + 1) * cols;
    for (let start = row * cols; start < rowEnd; start += group, grid++) {
      const scale = scales[grid];
      const zero = zeros[grid];
      const end = Math.min(start + group, rowEnd);
      for (let i = start; i < end; i++) out[i] = scale * (codes[i] - zero);
    }
  }
  return out;
}

function applyMask(mask: Uint8Array, dense: Float32Array): Float32Array<ArrayBuffer> {
  const before = new Int32Array(dense.buffer, dense.byteOffset, dense.length);
  const after = new Int32Array(dense.length);
  const whole = dense.length >> 3;
  for (let byte = 0, i = 0; byte < whole; byte++, i += 8) {
    const kept = mask[byte];
    for (let k = 0; k < 8; k++) after[i + k] = before[i + k] & -((kept >> k) & 1); // no branch: a mask can't be foreseen
  }
  for (let i = 8 * whole; i < dense.length; i++) after[i] = before[i] & -((mask[whole] >> (i & 7)) & 1);
  return new Float32Array(after.buffer);
}

function dequantizeScattered({ rows, cols, group, codes, scales, zeros }: QuantizedMatrix, groupIndex: Uint16Array) {
  const out = new Float32Array(codes.length);
  const groups = Math.ceil(cols / group);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++, i++) {
      const grid = row * groups + groupIndex[col];
      out[i] = scales[grid] * (codes[i] - zeros[grid]);
    }
  }
  return out;
}

// What follows moves every weight and counts the kept ones, as a processor can't foresee a branch on a mask.

/** Keeps of a matrix what `mask` says. @param values [rows · cols] */
export function gather(mask: Uint8Array, { rows, cols, values }: WeightMatrix): SparseMatrix {
  const count = countKept(mask);
  const kept = new Float32Array(count + 1); // the last for weights behind the last that is kept
  for (let i = 0, at = 0; i < rows * cols; i++) {
    kept[at] = values[i];
    at += (mask[i >> 3] >> (i & 7)) & 1;
  }
  return { kind: "sparse", rows, cols, mask, values: kept.subarray(0, count) };
}

function scatter({ rows, cols, mask, values }: SparseMatrix): Float32Array<ArrayBuffer> {
  const kept = new Int32Array(values.length + 1);
  kept.set(new Int32Array(values.buffer, values.byteOffset, values.length));
  const out = new Int32Array(rows * cols);
  for (let i = 0, at = 0; i < out.length; i++) {
    const isKept = (mask[i >> 3] >> (i & 7)) & 1;
    out[i] = kept[at] & -isKept;
    at += isKept;
  }
  return new Float32Array(out.buffer);
}

/** How many weights a mask keeps. */
export function countKept(mask: Uint8Array): number {
  let kept = 0;
  for (let byte of mask) for (; byte !== 0; byte &= byte - 1) kept++;
  return kept;
}

/** By what a matrix was multiplied before it was stored: its columns by `inputs` [cols], its rows by 1 over `outputs` [rows]. */
export interface MatrixScales {
  readonly inputs?: Float32Array | undefined;
  readonly outputs?: Float32Array | undefined;
}

/** What a scaled matrix amounts to on unscaled inputs and outputs. values [rows · cols] -> the same array, changed */
export function unscaleInto(values: Float32Array<ArrayBuffer>, { inputs, outputs }: MatrixScales): Float32Array<ArrayBuffer> {
  if (inputs === undefined && outputs === undefined) return values;
  const cols = inputs?.length ?? values.length / (outputs?.length ?? 1);
  for (let i = 0; i < values.length; i++) values[i] *= (outputs?.[Math.floor(i / cols)] ?? 1) / (inputs?.[i % cols] ?? 1);
  return values;
}

/** The float32 weights as they act in the model that they come from. @param scales of a matrix that is stored scaled */
export const effective = (stored: StoredMatrix, dense: Float32Array, scales: MatrixScales = {}): Float32Array<ArrayBuffer> =>
  unscaleInto(restore(stored, dense), scales);
