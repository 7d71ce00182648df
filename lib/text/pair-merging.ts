/** How neighbouring symbols of a text are joined; positions are those of the symbols at the start. */
export interface PairMerging {
  /** How early the symbol at `left` joins the one at `right`, 0 first; Infinity if never. */
  rank(left: number, right: number): number;
  /** Makes the symbol at `left` both. */
  join(left: number, right: number, rank: number): void;
}

/**
 * Joins pairs, the lowest rank first, the leftmost of equal ones, until none is left. A linked list and a heap: n · log n, as a
 * hostile word of a megabyte must not take minutes.
 * @returns positions of the symbols that are left, in order
 */
export function mergePairs(length: number, merging: PairMerging): number[] {
  const next = Array.from({ length }, (_, i) => i + 1);
  const previous = Array.from({ length }, (_, i) => i - 1);
  const isGone = new Uint8Array(length);
  const heap: number[] = []; // rank · length + position: ordered by rank, then position
  const offer = (at: number): void => {
    if (at < 0 || next[at] >= length) return;
    const priority = merging.rank(at, next[at]);
    if (priority !== Infinity) push(heap, priority * length + at);
  };
  for (let i = 0; i < length - 1; i++) offer(i);
  while (heap.length > 0) {
    const top = pop(heap);
    const at = top % length;
    const priority = (top - at) / length;
    const after = next[at];
    if (isGone[at] === 1 || after >= length || merging.rank(at, after) !== priority) continue; // an entry that was overtaken
    merging.join(at, after, priority);
    isGone[after] = 1;
    next[at] = next[after];
    if (next[at] < length) previous[next[at]] = at;
    offer(previous[at]);
    offer(at);
  }
  return next.flatMap((_, at) => (isGone[at] === 1 ? [] : [at]));
}

function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent] <= value) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = value;
}

function pop(heap: number[]): number {
  const top = heap[0];
  const last = heap.pop() ?? 0;
  const size = heap.length;
  if (size === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1] < heap[child]) child += 1;
    if (heap[child] >= last) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}
