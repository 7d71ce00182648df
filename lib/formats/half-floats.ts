let table: Float32Array | undefined;

/** Every float16 as float32, by its 16 bits: [65536]. Made at the first call. */
export function halfFloatTable(): Float32Array {
  table ??= makeTable();
  return table;
}

/** IEEE 754 binary16 -> float32, exact. bits [n] -> [n] */
export function halfToFloat(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Uint32Array(bits.length);
  const patterns = new Uint32Array(halfFloatTable().buffer);
  for (let i = 0; i < bits.length; i++) floats[i] = patterns[bits[i]];
  return new Float32Array(floats.buffer);
}

/** bfloat16 -> float32, exact. bits [n] -> [n] */
export function bfloatToFloat(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const floats = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = bits[i] << 16;
  return new Float32Array(floats.buffer);
}

function makeTable(): Float32Array {
  const patterns = Uint32Array.from({ length: 65536 }, (_, bits) => floatPattern(bits));
  return new Float32Array(patterns.buffer);
}

/** As bits, not values, so that NaNs keep their payload. */
function floatPattern(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return (sign | 0x7f800000 | (mantissa << 13)) >>> 0;
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (mantissa << 13)) >>> 0;
  return (sign | subnormalPattern(mantissa)) >>> 0;
}

/** mantissa · 2^−24, which float32 holds as a normal number. */
function subnormalPattern(mantissa: number): number {
  if (mantissa === 0) return 0;
  const shift = Math.clz32(mantissa) - 21;
  return ((113 - shift) << 23) | (((mantissa << shift) & 0x3ff) << 13);
}

/** float32 -> IEEE 754 binary16, to the nearest, ties to even; beyond its range infinity. values [n] -> bits [n] */
export function floatToHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfPattern(patterns[i]);
  return halves;
}

function halfPattern(pattern: number): number {
  const sign = (pattern >>> 16) & 0x8000;
  const magnitude = pattern & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // no number
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude >= 0x38800000) return sign | (rounded(magnitude, 13) - (112 << 10));
  if (magnitude < 0x33000000) return sign; // below 2^−25
  return sign | rounded((magnitude & 0x7fffff) | 0x800000, 126 - (magnitude >>> 23)); // a multiple of 2^−24
}

/** value / 2^shift to the nearest whole number, ties to even. */
function rounded(value: number, shift: number): number {
  const half = (1 << (shift - 1)) - 1;
  return (value + half + ((value >>> shift) & 1)) >>> shift;
}

/** float32 -> bfloat16, to the nearest, ties to even. values [n], no NaN -> bits [n] */
export function floatToBfloat(values: Float32Array): Uint16Array<ArrayBuffer> {
  const patterns = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (patterns[i] + 0x7fff + ((patterns[i] >>> 16) & 1)) >>> 16;
  return bits;
}
