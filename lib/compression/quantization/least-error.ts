import { breathe } from "../../core/progress.js";

/** Candidates whose errors are sums over the same parts; what a part adds is never below 0. */
export interface Contest {
  readonly candidates: number;
  readonly parts: number;
  readonly error: (candidate: number, part: number) => Promise<number>;
  /** A candidate whose whole error is known already. */
  readonly known?: { readonly candidate: number; readonly error: number } | undefined;
}

/**
 * The candidate of the least error, the first of equals: exactly what summing up all errors would find. After the first part of
 * each, they are carried on in the order of their errors, and dropped as soon as they are above the best whole one.
 */
export async function leastError({ candidates, parts, error, known }: Contest): Promise<number> {
  let best = known ?? { candidate: candidates, error: Infinity };
  const begun: { candidate: number; sum: number }[] = [];
  for (let candidate = 0; candidate < candidates; candidate++) {
    if (candidate !== known?.candidate) begun.push({ candidate, sum: await error(candidate, 0) });
    await breathe();
  }
  for (const { candidate, sum: first } of begun.sort((a, b) => a.sum - b.sum)) {
    let sum = first;
    for (let part = 1; part < parts && sum <= best.error; part++) {
      sum += await error(candidate, part);
      await breathe();
    }
    if (sum < best.error || (sum === best.error && candidate < best.candidate)) best = { candidate, error: sum };
  }
  if (best.candidate < candidates) return best.candidate;
  throw new Error("errors that are no numbers");
}
