/** Python's `random.Random` as far as published draws need it. */
export interface PythonRandom {
  /** `count` different indices below `population`, as `random.sample(range(population), count)` draws them. */
  sample(population: number, count: number): number[];
  /** An index below `population`, as `random.choice` draws one. */
  choice(population: number): number;
}

const SIZE = 624;
const SHIFT = 397;

/**
 * Python's generator (Mersenne twister MT19937, Matsumoto and Nishimura 1998) after `random.seed(seed)`; the draws of CPython 3.2
 * and later.
 * @param seed a whole number from 0 to 2^32 − 1
 */
export function createPythonRandom(seed: number): PythonRandom {
  const state = seededState(seed);
  let at = SIZE;
  const next = (): number => {
    if (at === SIZE) {
      twist(state);
      at = 0;
    }
    return temper(state[at++]);
  };
  const draw = (bound: number): number => below(bound, next);
  return { sample: (population, count) => sample({ population, count }, draw), choice: draw };
}

/** `init_by_array` with the seed as its only word. */
function seededState(seed: number): Uint32Array {
  const state = new Uint32Array(SIZE);
  state[0] = 19650218;
  for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
  let i = 1;
  const step = (factor: number, added: number): void => {
    const mixed = state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), factor);
    state[i] = mixed + added;
    if (++i < SIZE) return;
    state[0] = state[SIZE - 1];
    i = 1;
  };
  for (let k = 0; k < SIZE; k++) step(1664525, seed);
  for (let k = 1; k < SIZE; k++) step(1566083941, -i);
  state[0] = 0x80000000;
  return state;
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const word = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
    state[i] = state[(i + SHIFT) % SIZE] ^ (word >>> 1) ^ (word & 1 ? 0x9908b0df : 0);
  }
}

function temper(word: number): number {
  let mixed = word ^ (word >>> 11);
  mixed ^= (mixed << 7) & 0x9d2c5680;
  mixed ^= (mixed << 15) & 0xefc60000;
  return (mixed ^ (mixed >>> 18)) >>> 0;
}

/** As many bits as the bound has, drawn again while they are not below it. */
function below(bound: number, next: () => number): number {
  const shift = Math.clz32(bound);
  let drawn = next() >>> shift;
  while (drawn >= bound) drawn = next() >>> shift;
  return drawn;
}

/** From a large population by drawing again what was drawn, from a small one by exchanging. */
function sample(
  { population, count }: { readonly population: number; readonly count: number },
  below: (bound: number) => number,
): number[] {
  const setSize = 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
  if (population <= setSize) {
    const pool = Array.from({ length: population }, (_, i) => i);
    return Array.from({ length: count }, (_, i) => {
      const drawn = below(population - i);
      const value = pool[drawn];
      pool[drawn] = pool[population - i - 1];
      return value;
    });
  }
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(below(population));
  return [...chosen];
}
