/**
 * The `count` lowest of a group of scores. Which of equal ones are taken is told by no rule but by the steps of the selection:
 * those of `torch.topk` on the CPU, which the authors' code calls, so that masks are equal also where scores are (dead inputs,
 * weights that were quantized before). It partitions around the median of three until at most three scores are left.
 * @returns the places of the lowest, in no order
 */
export function lowestOfGroup(scores: ArrayLike<number>, count: number): number[] {
  const places = Array.from(scores, (_, place) => place);
  let [first, last] = [0, places.length];
  while (last - first > 3) {
    const cut = partition(scores, places, { first, last });
    if (cut <= count - 1) first = cut;
    else last = cut;
  }
  sortRange(scores, places, { first, last });
  return places.slice(0, count);
}

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Moves what is lower than the pivot to the front; the pivot stands first. @returns where the others begin */
function partition(scores: ArrayLike<number>, places: number[], { first, last }: Range): number {
  const at = (index: number): number => scores[places[index]];
  swap(places, first, medianOf(at, [first + 1, first + Math.floor((last - first) / 2), last - 1]));
  const pivot = at(first);
  let [left, right] = [first + 1, last - 1];
  for (;;) {
    while (at(left) < pivot) left++;
    while (pivot < at(right)) right--;
    if (left >= right) return left;
    swap(places, left++, right--);
  }
}

function medianOf(at: (index: number) => number, [a, b, c]: [number, number, number]): number {
  if (at(a) < at(b)) return at(b) < at(c) ? b : at(a) < at(c) ? c : a;
  return at(a) < at(c) ? a : at(b) < at(c) ? c : b;
}

/** By insertion: equal ones keep their order. */
function sortRange(scores: ArrayLike<number>, places: number[], { first, last }: Range): void {
  for (let i = first + 1; i < last; i++) {
    for (let j = i; j > first && scores[places[j]] < scores[places[j - 1]]; j--) swap(places, j, j - 1);
  }
}

function swap(places: number[], a: number, b: number): void {
  [places[a], places[b]] = [places[b], places[a]];
}
