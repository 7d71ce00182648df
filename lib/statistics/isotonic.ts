/** A point of a curve, and how much it weighs. */
export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  /** Above 0. Default 1. */
  readonly weight?: number;
}

/**
 * The non-decreasing fit of least squares, by pooling adjacent violators; points of one x share a value.
 * @returns the fitted value of each point, in the order given
 * @see Barlow, Bartholomew, Bremner, Brunk 1972
 */
export function isotonic(points: readonly WeightedPoint[]): number[] {
  const blocks: Block[] = [];
  for (const x of [...new Set(points.map((point) => point.x))].sort((a, b) => a - b)) {
    let block = blockOf(points.filter((point) => point.x === x));
    for (let last = blocks.at(-1); last !== undefined && last.mean >= block.mean; last = blocks.at(-1)) {
      block = pooled(last, block);
      blocks.pop();
    }
    blocks.push(block);
  }
  return points.map(({ x }) => blocks.find(({ to }) => x <= to)?.mean ?? Number.NaN);
}

interface Block {
  readonly mean: number;
  readonly weight: number;
  /** The largest x in it. */
  readonly to: number;
}

function blockOf(points: readonly WeightedPoint[]): Block {
  const weight = points.reduce((sum, point) => sum + (point.weight ?? 1), 0);
  return { weight, to: points[0].x, mean: points.reduce((sum, { y, weight: w = 1 }) => sum + w * y, 0) / weight };
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  return { weight, to: b.to, mean: (a.weight * a.mean + b.weight * b.mean) / weight };
}

/** How far points lie from their non-decreasing fit: the weighted sum of squares; 0 where they never fall. */
export function isotonicDistance(points: readonly WeightedPoint[]): number {
  const fit = isotonic(points);
  return points.reduce((sum, { y, weight = 1 }, i) => sum + weight * (y - fit[i]) ** 2, 0);
}
