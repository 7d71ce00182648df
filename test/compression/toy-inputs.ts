import type { InputStatistics } from "../../lib/compression/method.js";
import { createRandom } from "../../lib/core/random.js";

/**
 * Statistics of made-up inputs as a model's are: neighbours correlated, a few channels large; the first `dead` always 0.
 * @param shuffle whether the same tokens come in another order
 */
export function statisticsOf(
  width: number,
  tokens: number,
  seed: string,
  { dead = 0, shuffle = false }: { readonly dead?: number; readonly shuffle?: boolean } = {},
): InputStatistics & { readonly hessian: Float32Array } {
  const random = createRandom(seed);
  const inputs = Array.from({ length: tokens }, () => {
    let last = 0;
    return Array.from({ length: width }, (_, i) => {
      last = 0.8 * last + random.normal();
      return i < dead ? 0 : i % 11 === 3 ? 6 * last : last;
    });
  });
  const hessian = new Float32Array(width * width);
  for (const x of shuffle ? createRandom("order").shuffle(inputs) : inputs) {
    for (let i = 0; i < width; i++) for (let j = 0; j < width; j++) hessian[i * width + j] += (2 / tokens) * x[i] * x[j];
  }
  return { width, tokens, hessian, meanSquares: Float32Array.from({ length: width }, (_, i) => hessian[i * width + i] / 2) };
}
