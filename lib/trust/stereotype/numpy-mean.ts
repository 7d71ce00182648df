/**
 * numpy's sum of a contiguous float64 array: pairwise, eight accumulators in a block of at most 128. Published figures are
 * rounded to two digits and often stand on a tie, so the last bit of the sum decides them.
 */
export function pairwiseSum(values: readonly number[]): number {
  const n = values.length;
  if (n < 8) return values.reduce((sum, value) => sum + value, 0);
  if (n > 128) {
    const half = Math.floor(n / 2) - (Math.floor(n / 2) % 8);
    return pairwiseSum(values.slice(0, half)) + pairwiseSum(values.slice(half));
  }
  return blockSum(values);
}

/** To two digits, half to even, computed as `numpy.round(x, 2)` does: x·100 to the nearest integer, divided by 100. */
export function roundHalfEven(value: number): number {
  const scaled = value * 100;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (up ? floor + 1 : floor) / 100;
}

/** @param values 8 to 128 of them */
function blockSum(values: readonly number[]): number {
  const r = values.slice(0, 8);
  const whole = values.length - (values.length % 8);
  for (let i = 8; i < whole; i++) r[i % 8] += values[i];
  const sum = r[0] + r[1] + (r[2] + r[3]) + (r[4] + r[5] + (r[6] + r[7]));
  return values.slice(whole).reduce((total, value) => total + value, sum);
}
