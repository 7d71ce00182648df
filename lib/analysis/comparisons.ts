import { groupBy } from "../core/group.js";
import { checkOneJudge, type ItemRecord, type Study } from "../study/index.js";
import { type Dimension, measures } from "../trust/index.js";
import { chosenRecords, chosenVariants, denseOf, type KnownVariant, type Selection } from "./selection.js";

/** A variant's answers of one dimension, suite and way of drawing, and beside them the dense variant's: what one finding is made from. */
export interface Comparison {
  readonly variant: KnownVariant;
  /** The dense variant of the same model; undefined where this is it, or the study has none. */
  readonly base: KnownVariant | undefined;
  readonly dimension: Dimension;
  readonly suite: string;
  /** How answers were drawn where it isn't the suite's own way; else empty. */
  readonly settings: string;
  readonly records: readonly ItemRecord[];
  /** Of the dense variant, asked in the same way; empty without it. */
  readonly baseRecords: readonly ItemRecord[];
}

/**
 * All comparisons that a selection holds: variants in the order they were first used, dimensions in the catalogue's. Answers to
 * two suites, or drawn in two ways, are two comparisons.
 * @throws InputError where a dimension's answers were rated by several judges and `selection.judge` names none
 */
export async function comparisons(study: Study, selection: Selection = {}): Promise<Comparison[]> {
  const sides: OfVariant[] = [];
  for (const variant of chosenVariants(study, selection)) {
    const dense = denseOf(study, variant);
    const base = dense?.id === variant.id ? undefined : dense;
    const records = await chosenRecords(study, variant.id, selection);
    const baseRecords = base === undefined ? [] : await chosenRecords(study, base.id, selection);
    sides.push({ variant, base, records, baseRecords });
  }
  checkOneJudge(sides.flatMap(({ records, baseRecords }) => [...baseRecords, ...records]));
  return sides.flatMap(ofVariant);
}

type OfVariant = Pick<Comparison, "variant" | "base" | "records" | "baseRecords">;

function ofVariant({ variant, base, records, baseRecords }: OfVariant): Comparison[] {
  const before = groupBy(baseRecords, placeOf);
  const after = groupBy(records, placeOf);
  return Object.values(measures).flatMap((dimension) =>
    [...after].flatMap(([place, ofPlace]) => {
      const [{ suite, settings }] = ofPlace;
      if (ofPlace[0].dimension !== dimension.name) return [];
      return [{ variant, base, dimension, suite, settings, records: ofPlace, baseRecords: before.get(place) ?? [] }];
    }),
  );
}

/** What scores must share to be of one kind. */
const placeOf = ({ dimension, suite, settings }: ItemRecord): string => `${dimension}\u0000${suite}\u0000${settings}`;
