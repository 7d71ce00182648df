import { breathe } from "../core/progress.js";
import { resolveBackend } from "./backend.js";
import type { GraphSession } from "./eager-session.js";
import { productGraph } from "./product-graph.js";

/** Numbers on the host, row-major [rows · cols]. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  readonly values: Float32Array;
}

/** Fewer multiplications than this are done here: handing them over costs more. */
const SMALL = 2 ** 18;
/** Multiplications of one call to a backend: well under 250 ms on two processor cores. */
const AT_ONCE = 2e9;

/**
 * a [M, K] · b [K, N] -> [M, N], on the process's backend; small ones, and those of a process that computes on the plain
 * CPU, in float64 here. Large ones are done in parts, behind which other work gets its turn.
 */
export async function product(a: Matrix, b: Matrix): Promise<Float32Array> {
  if (a.cols !== b.rows) throw new Error(`a product of [${a.rows}, ${a.cols}] and [${b.rows}, ${b.cols}]`);
  const session = await sessionFor(a.rows * a.cols * b.cols);
  if (session === undefined) return plainProduct(a, b);
  const step = Math.max(1, Math.min(a.rows, Math.floor(AT_ONCE / (a.cols * b.cols))));
  if (step === a.rows) {
    const whole = multiply(session, a, b);
    if (a.rows * a.cols * b.cols > AT_ONCE / 4) await breathe();
    return whole;
  }
  const out = new Float32Array(a.rows * b.cols);
  for (let row = 0; row < a.rows; row += step) {
    const end = Math.min(row + step, a.rows);
    const part = { rows: end - row, cols: a.cols, values: a.values.subarray(row * a.cols, end * a.cols) };
    out.set(multiply(session, part, b), row * b.cols);
    await breathe();
  }
  return out;
}

/** The same in plain JavaScript; sums are float64. */
export function plainProduct(a: Matrix, b: Matrix): Float32Array {
  const out = new Float32Array(a.rows * b.cols);
  const sums = new Float64Array(b.cols);
  for (let row = 0; row < a.rows; row++) {
    sums.fill(0);
    for (let k = 0; k < a.cols; k++) {
      const factor = a.values[row * a.cols + k];
      if (factor === 0) continue;
      for (let col = 0, at = k * b.cols; col < b.cols; col++, at++) sums[col] += factor * b.values[at];
    }
    out.set(sums, row * b.cols);
  }
  return out;
}

/** Rows become columns. */
export function transposed({ rows, cols, values }: Matrix): Matrix {
  const out = new Float32Array(values.length);
  const TILE = 32;
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let col = 0; col < cols; col++) {
      for (let row = top; row < bottom; row++) out[col * rows + row] = values[row * cols + col];
    }
  }
  return { rows: cols, cols: rows, values: out };
}

let opened: Promise<GraphSession | undefined> | undefined;

/** The session that multiplies; undefined where plain loops are as good. */
async function sessionFor(multiplications: number): Promise<GraphSession | undefined> {
  if (multiplications < SMALL) return undefined;
  opened ??= openProduct();
  opened.catch(() => (opened = undefined));
  return await opened;
}

async function openProduct(): Promise<GraphSession | undefined> {
  const backend = await resolveBackend();
  if (backend.name === "cpu") return undefined;
  return backend.open(productGraph());
}

function multiply(session: GraphSession, a: Matrix, b: Matrix): Float32Array {
  const feeds = { a: { shape: [a.rows, a.cols], values: a.values }, b: { shape: [b.rows, b.cols], values: b.values } };
  const [{ values }] = session.run(feeds, ["product"]);
  return values as Float32Array;
}
