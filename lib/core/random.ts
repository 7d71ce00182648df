import { fingerprint } from "./fingerprint.js";

/** A seeded source of numbers. The same seed and the same forks give the same draws on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(values: readonly T[]): T[];
  /** `count` different values, in random order; all of them if there are fewer. */
  sample<T>(values: readonly T[], count: number): T[];
  /** An independent source: adding draws to one never moves another. */
  fork(name: string): Random;
}

/** @param seed any integer or text; hashed, so that neighbouring seeds are unrelated */
export function createRandom(seed: number | string): Random {
  const digest = fingerprint(String(seed));
  const state = Uint32Array.from({ length: 4 }, (_, i) => Number.parseInt(digest.slice(8 * i, 8 * i + 8), 16));
  const uniform = (): number => (xoshiro128(state) >>> 5) / 2 ** 27;
  const integer = (bound: number): number => Math.floor(uniform() * bound);
  const shuffle = <T>(values: readonly T[]): T[] => {
    const result = [...values];
    for (let i = result.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  };
  return {
    uniform,
    integer,
    shuffle,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    sample: (values, count) => shuffle(values).slice(0, count),
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}

/** xoshiro128** (Blackman and Vigna 2018), one step; 32 random bits. */
function xoshiro128(state: Uint32Array): number {
  const result = Math.imul(rotateLeft(Math.imul(state[1], 5), 7), 9);
  const shifted = state[1] << 9;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotateLeft(state[3], 11);
  return result;
}

const rotateLeft = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
