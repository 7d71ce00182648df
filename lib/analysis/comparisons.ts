import { groupBy } from "../core/group.js";
import { checkOneJudge, type ItemRecord, type Study } from "../study/index.js";
import { type Dimension, measures } from "../trust/index.js";
import { chosenRecords, chosenVariants, denseOf, denseVariants, type KnownVariant, type Selection } from "./selection.js";

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
  /** Of the dense variant in another precision, asked in the same way; empty where the study has none. */
  readonly twinRecords: readonly ItemRecord[];
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
    const twinRecords = dense === undefined ? [] : await recordsOfTwin(study, dense, selection);
    sides.push({ variant, base, records, baseRecords, twinRecords });
  }
  checkOneJudge(sides.flatMap(({ records, baseRecords }) => [...baseRecords, ...records]));
  return sides.flatMap(ofVariant);
}

type OfVariant = Pick<Comparison, "variant" | "base" | "records" | "baseRecords" | "twinRecords">;

/** Answers of the same weights under the same template, computed in another precision: of the first variant that has any. */
async function recordsOfTwin(study: Study, dense: KnownVariant, selection: Selection): Promise<readonly ItemRecord[]> {
  const own = (await chosenRecords(study, dense.id, selection)).at(0);
  if (own === undefined) return [];
  for (const { id } of denseVariants(study, dense)) {
    if (id === dense.id) continue;
    const all = await chosenRecords(study, id, selection);
    const twin = all.filter(({ precision, template }) => precision !== own.precision && template === own.template);
    if (twin.length > 0) return twin;
  }
  return [];
}

function ofVariant({ variant, base, records, baseRecords, twinRecords }: OfVariant): Comparison[] {
  const before = groupBy(baseRecords, placeOf);
  const after = groupBy(records, placeOf);
  const twins = groupBy(twinRecords, placeOf);
  return Object.values(measures).flatMap((dimension) =>
    [...after].flatMap(([place, ofPlace]) => {
      const [{ suite, settings }] = ofPlace;
      if (ofPlace[0].dimension !== dimension.name) return [];
      const beside = { baseRecords: before.get(place) ?? [], twinRecords: twins.get(place) ?? [] };
      return [{ variant, base, dimension, suite, settings, records: ofPlace, ...beside }];
    }),
  );
}

/** What scores must share to be of one kind. */
const placeOf = ({ dimension, suite, settings }: ItemRecord): string => `${dimension}\u0000${suite}\u0000${settings}`;
