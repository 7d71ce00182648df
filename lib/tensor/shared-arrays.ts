/** TensorFlow takes an array as it is where its address is a multiple of this; otherwise it copies. */
const ALIGNMENT = 64;
/** glibc's malloc maps what is larger by itself, whatever was freed before: M_MMAP_THRESHOLD's most. */
const ALWAYS_MAPPED = 32 * 2 ** 20;
/** Where malloc's header ends in a mapped piece of memory, up to the next aligned address. */
const FIRST = ALIGNMENT - 16;

/**
 * Arrays of zeros that TensorFlow's variables can share with us instead of copying them: they lie in one buffer, at aligned
 * addresses where the allocator is glibc's. Elsewhere, or by chance, TensorFlow copies: nothing depends on it but memory. What
 * was fed must not be written to again. What isn't used of the buffer is never touched, and so is no memory.
 * @param lengths in floats
 */
export function sharedArrays(lengths: readonly number[]): Float32Array[] {
  const places: number[] = [];
  let end = FIRST;
  for (const length of lengths) {
    places.push(end);
    end += Math.ceil((length * Float32Array.BYTES_PER_ELEMENT) / ALIGNMENT) * ALIGNMENT;
  }
  const buffer = new ArrayBuffer(Math.max(end, ALWAYS_MAPPED + ALIGNMENT));
  return lengths.map((length, i) => new Float32Array(buffer, places[i], length));
}
