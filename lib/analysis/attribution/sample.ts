import { InputError } from "../../core/errors.js";
import { groupBy } from "../../core/group.js";
import { createRandom, type Random } from "../../core/random.js";
import type { Study } from "../../study/index.js";
import { type Change, variantChanges } from "../changes.js";
import type { FlipName } from "../flips.js";
import type { KnownVariant, Selection } from "../selection.js";

/** Which flips are attributed, and to what. */
export interface AttributionRequest extends Selection {
  /** To blocks, or to kinds of matrices. Default "block". */
  readonly by?: "block" | "matrix" | undefined;
  /** Names of changes; default all but `kept`. */
  readonly flips?: readonly FlipName[] | undefined;
  /** Flips a variant at most, drawn by `seed`; as many controls. Default 32. */
  readonly limit?: number | undefined;
}

/** The pairs of answers of one variant whose items are asked again. */
export interface FlipSample {
  readonly variant: KnownVariant;
  readonly base: KnownVariant;
  /** Flips that there are, of which `flips` were drawn. */
  readonly found: number;
  readonly flips: readonly Change[];
  /** Pairs that did not change, one for each flip, of the same task where it has enough. */
  readonly controls: readonly Change[];
}

/** Flips a variant, unless said otherwise. */
const DEFAULT_LIMIT = 32;

/**
 * A simple random sample of each variant's flips and as many controls. A larger limit adds to what a smaller one chose.
 * @returns variants with flips only
 * @throws InputError where there are none, saying whether nothing was compared or nothing changed
 */
export async function sampleFlips(study: Study, request: AttributionRequest): Promise<FlipSample[]> {
  const { flips: names, limit = DEFAULT_LIMIT, seed = 0 } = request;
  if (!Number.isInteger(limit) || limit < 1)
    throw new InputError({ where: "limit", found: String(limit), expected: "a whole number of flips, 1 or more" });
  const compared = await variantChanges(study, request);
  const samples = compared.flatMap(({ variant, base, pairs }) => {
    const random = createRandom(seed).fork("attribution").fork(variant.id);
    const isWanted = ({ name }: Change): boolean => (names === undefined ? name !== "kept" : names.includes(name));
    const found = pairs.filter(isWanted);
    const flips = random.fork("flips").sample(found, limit);
    const controls = controlsFor(
      flips,
      pairs.filter(({ name }) => name === "kept"),
      random.fork("controls"),
    );
    return found.length === 0 ? [] : [{ variant, base, found: found.length, flips, controls }];
  });
  if (samples.length > 0) return samples;
  throw noFlips(
    compared.flatMap(({ pairs }) => pairs),
    names,
  );
}

/** For each flip an unchanged pair of its task, else of its dimension; none twice. */
function controlsFor(flips: readonly Change[], kept: readonly Change[], random: Random): Change[] {
  const shuffled = random.shuffle(kept);
  const pools = [taskOf, dimensionOf].map((placeOf) => ({ placeOf, pairs: groupBy(shuffled, placeOf) }));
  const taken = new Set<Change>();
  for (const flip of flips) {
    const control = pools
      .map(({ placeOf, pairs }) => pairs.get(placeOf(flip))?.find((pair) => !taken.has(pair)))
      .find((pair) => pair !== undefined);
    if (control !== undefined) taken.add(control);
  }
  return [...taken];
}

const dimensionOf = ({ after: { record } }: Change): string => [record.dimension, record.suite, record.settings].join("\u0000");
const taskOf = (change: Change): string => `${dimensionOf(change)}\u0000${change.after.record.task}`;

function noFlips(pairs: readonly Change[], names: AttributionRequest["flips"]): InputError {
  const where = "flips to attribute";
  if (pairs.length === 0) {
    return new InputError({
      where,
      found: "no answers of a compressed variant and of the dense one to the same items",
      expected: "some that both have",
      remedy: "run %trust on both first",
    });
  }
  const kinds = names === undefined ? "changed its state" : `is ${names.join(" or ")}`;
  return new InputError({
    where,
    found: `none: of ${pairs.length} pairs of answers none ${kinds}`,
    expected: "at least one",
    remedy: "ask more items, or choose other variants, dimensions or kinds of flips; %compare shows them all",
  });
}
