import { loadNative } from "../../../lib/tensor/tensorflow.js";

/** What the machine's own limits are, by TensorFlow with the threads it has. */
export interface MachineLimits {
  /** 10⁹ floating-point operations a second of a float32 product of 1024³. */
  readonly gigaflops: number;
  /** 10⁹ bytes a second read by summing 64 Mi floats: a fresh array would be filled at the speed of page faults. */
  readonly gigabytes: number;
}

/** The best of five runs each. */
export function measureMachine(): MachineLimits {
  const { tf } = loadNative();
  const size = 1024;
  const a = tf.randomUniform([size, size]);
  const long = tf.ones([64 * 2 ** 20]);
  const product = best(() => tf.dispose(tf.matMul(a, a)));
  const read = best(() => tf.dispose(tf.sum(long)));
  tf.dispose([a, long]);
  return { gigaflops: (2 * size ** 3) / product / 1e9, gigabytes: (4 * 64 * 2 ** 20) / read / 1e9 };
}

/** @returns seconds */
function best(work: () => void): number {
  const times = Array.from({ length: 6 }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
  return Math.min(...times.slice(1));
}
