/** How a variant's next-token distribution differs from the base's, before one token of a text. */
export interface TokenDivergence {
  /** Σ p (ln p − ln q) over the vocabulary, in nats, p the base's; never below 0 but by rounding. */
  readonly kl: number;
  /** Is the likeliest token the same? The first of equals. */
  readonly sameTop: boolean;
  /** ln p and ln q of the token that the text has. */
  readonly base: number;
  readonly other: number;
}

/** Rows of logits, [T · V], and the tokens of the text behind them, [T]. */
export interface LogitRows {
  readonly base: Float32Array;
  readonly other: Float32Array;
  readonly targets: Int32Array;
}

/**
 * Row by row in float64, from float32 logits: the differences of llama.cpp's `--kl-divergence` without its 16-bit rounding,
 * which for mild compression is of the divergence's own size. Kullback & Leibler 1951.
 */
export function tokenDivergences({ base, other, targets }: LogitRows): TokenDivergence[] {
  const size = base.length / targets.length;
  return Array.from(targets, (target, row) => {
    const from = row * size;
    return divergence(base.subarray(from, from + size), other.subarray(from, from + size), target);
  });
}

function divergence(base: Float32Array, other: Float32Array, target: number): TokenDivergence {
  const [topBase, topOther] = [largest(base), largest(other)];
  const [highBase, highOther] = [base[topBase], other[topOther]];
  let [sumBase, sumOther, gap] = [0, 0, 0];
  for (let token = 0; token < base.length; token++) {
    const [a, b] = [base[token] - highBase, other[token] - highOther];
    const weight = Math.exp(a);
    sumBase += weight;
    sumOther += Math.exp(b);
    gap += weight * (a - b);
  }
  const [normBase, normOther] = [Math.log(sumBase), Math.log(sumOther)];
  return {
    kl: gap / sumBase - normBase + normOther, // Σ p (a − b) − (ln Σe^a − ln Σe^b)
    sameTop: topBase === topOther,
    base: base[target] - highBase - normBase,
    other: other[target] - highOther - normOther,
  };
}

function largest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
