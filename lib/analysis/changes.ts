import { groupBy } from "../core/group.js";
import type { ItemRecord, Study } from "../study/index.js";
import type { Label, ScorerName, State } from "../trust/index.js";
import { type Comparison, comparisons } from "./comparisons.js";
import { type FlipCell, flipMatrix, flipName, type FlipName, type ItemStates } from "./flips.js";
import { pairById } from "./pairing.js";
import type { KnownVariant, Selection } from "./selection.js";

/** The names of changes, the one to look at first before the others; `kept` last. */
export const BY_SEVERITY = [
  ...(["unguarded", "lost", "broke", "withdrew", "opened", "gained", "recovered", "kept"] as const),
] as const satisfies readonly FlipName[];

/** An answer with what a scorer read in it. */
export interface LabelledRecord {
  readonly record: ItemRecord;
  readonly label: Label;
}

/** The dense variant's answer to an item and another variant's. */
export interface Change {
  readonly variant: KnownVariant;
  readonly base: KnownVariant;
  readonly name: FlipName;
  readonly before: LabelledRecord;
  readonly after: LabelledRecord;
}

/** A variant's answers beside the dense variant's: all pairs, kept ones too, and the matrix of their states. */
export interface VariantChanges {
  readonly variant: KnownVariant;
  readonly base: KnownVariant;
  /** Pairs of answers, in the dense variant's order. */
  readonly pairs: readonly Change[];
  /** Sixteen cells; see `flipMatrix`. */
  readonly cells: readonly FlipCell[];
}

/**
 * How each selected variant's answers changed from the dense variant's; variants without an answer that both have are left out.
 * @throws InputError as `comparisons` does
 * @see STATISTICS.md, section 5
 */
export async function variantChanges(study: Study, selection: Selection = {}): Promise<VariantChanges[]> {
  const scorer = selection.scorer ?? "touchstone";
  const compared = groupBy(await comparisons(study, selection), ({ variant }) => variant.id);
  return [...compared.values()].flatMap((parts) => {
    const [{ variant, base }] = parts;
    const items = parts.flatMap((part) => itemStates(part, scorer));
    if (base === undefined || items.length === 0) return [];
    return [{ variant, base, pairs: parts.flatMap((part) => changesOf(part, scorer)), cells: flipMatrix(items) }];
  });
}

/** The most serious first; of one kind those whose value moved furthest; else as they were. */
export const mostSeriousFirst = (changes: readonly Change[]): Change[] =>
  [...changes].sort((a, b) => BY_SEVERITY.indexOf(a.name) - BY_SEVERITY.indexOf(b.name) || movedBy(b) - movedBy(a));

const movedBy = ({ before, after }: Change): number => Math.abs((after.label.value ?? 0) - (before.label.value ?? 0));

/** The states of the items that both variants answered. */
function itemStates({ records, baseRecords, twinRecords }: Comparison, scorer: ScorerName): ItemStates[] {
  const [before, after, again] = [baseRecords, records, twinRecords].map((side) => groupBy(side, placeOf));
  const states = (side: readonly ItemRecord[] = []): State[] => side.flatMap((record) => labelOf(record, scorer)?.state ?? []);
  return [...before].flatMap(([place, ofItem]) => {
    const item = { before: states(ofItem), after: states(after.get(place)), again: states(again.get(place)) };
    return item.before.length === 0 || item.after.length === 0 ? [] : [item];
  });
}

const placeOf = ({ task, item }: ItemRecord): string => `${task}\u0000${item}`;

function changesOf({ variant, base, records, baseRecords }: Comparison, scorer: ScorerName): Change[] {
  if (base === undefined) return [];
  return pairById(baseRecords, records).pairs.flatMap((pair) => {
    const [before, after] = [labelOf(pair.base, scorer), labelOf(pair.other, scorer)];
    if (before === undefined || after === undefined) return [];
    const name = flipName(before.state, after.state);
    const sides = { before: { record: pair.base, label: before }, after: { record: pair.other, label: after } };
    return [{ variant, base, name, ...sides }];
  });
}

/** What a scorer read in an answer; undefined where it read nothing. */
export const labelOf = ({ labels }: ItemRecord, scorer: ScorerName): Label | undefined =>
  labels.find((label) => label.scorer === scorer);
