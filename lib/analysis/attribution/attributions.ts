import { InputError } from "../../core/errors.js";
import { groupBy } from "../../core/group.js";
import { createRandom } from "../../core/random.js";
import {
  type AttributedPair,
  type AttributionRun,
  type AttributionStore,
  hasAttribution,
  type ItemRecord,
  type Study,
  withAttribution,
} from "../../study/index.js";
import type { State } from "../../trust/index.js";
import { type Change, type LabelledRecord, labelOf, variantChanges } from "../changes.js";
import { chosenRecords, type KnownVariant, type Selection } from "../selection.js";
import { type AttributedItem, type AttributionOutcome, attributionOutcome } from "./outcome.js";

/** A variant's flips, attributed to its parts. */
export interface Attribution {
  readonly run: AttributionRun;
  readonly variant: KnownVariant;
  readonly base: KnownVariant;
  readonly outcome: AttributionOutcome;
  readonly dimensions: readonly string[];
  /** Shares of flips that go back, or come about, by nothing: asked again as they are; of drawn answers in another draw. */
  readonly floor: { readonly undone: number | null; readonly caused: number | null };
  /** Each answer that was asked again. */
  readonly answers: readonly AttributedAnswer[];
}

/** The answer to one pair's item with one part restored, or compressed alone. */
export interface AttributedAnswer {
  readonly change: Change;
  /** "block 3"; "nothing" and "everything" of the whole variants. */
  readonly part: string;
  readonly view: "restored" | "alone";
  readonly answer: LabelledRecord;
}

/** Which attributions, of those that were asked last. */
export interface AttributionSelection extends Selection {
  /** Default "block". */
  readonly by?: "block" | "matrix" | undefined;
}

/**
 * What was asked last to attribute each variant's flips, from the records alone. The scorer is the one that the flips were chosen by.
 * @returns none where nothing was asked
 * @throws InputError where answers have been labelled otherwise since, or some are not there
 */
export async function attributions(study: Study, selection: AttributionSelection = {}): Promise<Attribution[]> {
  if (!(await hasAttribution(study))) return [];
  return withAttribution(study, async (store) => {
    const found: Attribution[] = [];
    for (const run of await store.runs()) {
      if (run.by !== (selection.by ?? "block")) continue;
      found.push(...(await attributionOf(run, { study, store, selection })));
    }
    return found;
  });
}

interface Sources {
  readonly study: Study;
  readonly store: AttributionStore;
  readonly selection: AttributionSelection;
}

async function attributionOf(run: AttributionRun, { study, store, selection }: Sources): Promise<Attribution[]> {
  const wanted = run.pairs.filter((pair) => isChosen(pair, selection));
  const limits = { dimensions: [...new Set(wanted.map(({ dimension }) => dimension))], scorer: run.scorer };
  const compared = await variantChanges(study, { ...selection, ...limits });
  const ofVariant = compared.find(({ variant }) => variant.id === run.variant);
  if (ofVariant === undefined || wanted.length === 0) return [];
  const { variant, base } = ofVariant;
  const known = new Map(ofVariant.pairs.map((change) => [placeOf(change.after.record), change]));
  const changes = wanted.map((pair) => changeOf(pair, known.get(placeOf(pair)), variant));
  const answersOf = async (id: string): Promise<readonly LabelledRecord[]> => {
    const records = new Map((await chosenRecords(store.study, id, limits)).map((record) => [placeOf(record), record]));
    return changes.map((change) => answerOf(records.get(placeOf(change.after.record)), run, change));
  };
  const [compressed, dense] = [await answersOf(run.variant), await answersOf(run.base)];
  const views: { name: string; restored: readonly LabelledRecord[]; alone: readonly LabelledRecord[] }[] = [];
  for (const { name, restored, alone } of run.parts)
    views.push({ name, restored: await answersOf(restored), alone: await answersOf(alone) });
  const items = changes.map((change, i) => ({
    ...statesOf(change),
    ...{ dense: dense[i].label.state, compressed: compressed[i].label.state },
    ...{ restored: views.map((view) => view.restored[i].label.state), alone: views.map((view) => view.alone[i].label.state) },
  }));
  const whole = [
    { name: "nothing", restored: compressed, alone: dense },
    { name: "everything", restored: dense, alone: compressed },
  ];
  return [
    {
      ...{ run, variant, base, dimensions: limits.dimensions, floor: floorOf(items, changes, ofVariant.pairs) },
      outcome: attributionOutcome(items, createRandom(run.seed).fork("attribution")),
      answers: [...whole, ...views].flatMap(({ name, ...sides }) =>
        (["restored", "alone"] as const).flatMap((view) =>
          sides[view].map((answer, i) => ({ change: changes[i], part: name, view, answer })),
        ),
      ),
    },
  ];
}

const isChosen = (pair: AttributedPair, { dimensions, tasks, suites, items }: Selection): boolean =>
  (dimensions?.includes(pair.dimension) ?? true) &&
  (tasks?.includes(pair.task) ?? true) &&
  (suites?.includes(pair.suite) ?? true) &&
  (items?.includes(pair.item) ?? true);

const placeOf = (answer: Omit<AttributedPair, "flip">): string => {
  const { dimension, suite, settings, task, item, repeat, decodingSeed } = answer;
  return [dimension, suite, settings, task, item, repeat, decodingSeed].join("\u0000");
};

function changeOf(pair: AttributedPair, change: Change | undefined, { title }: KnownVariant): Change {
  if (change?.name === pair.flip) return change;
  throw new InputError({
    where: `the attribution of ${title}, ${pair.dimension}, item ${pair.item}`,
    found: `an answer that is ${change?.name ?? "not there any more"}`,
    expected: `${pair.flip}, as when it was chosen: the study's labels have changed since`,
    remedy: "run %attribute again; what was answered is not asked again",
  });
}

function answerOf(record: ItemRecord | undefined, { scorer }: AttributionRun, { after }: Change): LabelledRecord {
  const label = record === undefined ? undefined : labelOf(record, scorer);
  if (record !== undefined && label !== undefined) return { record, label };
  throw new InputError({
    where: `the attribution, ${after.record.dimension}, item ${after.record.item}`,
    found: record === undefined ? "no answer with some part restored" : `an answer without a label of ${scorer}`,
    expected: "one for each part",
    remedy: "run %attribute again; what was answered is not asked again",
  });
}

const statesOf = ({ before, after }: Change): Pick<AttributedItem, "cluster" | "before" | "after"> => ({
  cluster: `${after.record.dimension}\u0000${after.record.cluster}`,
  ...{ before: before.label.state, after: after.label.state },
});

/** Of greedy answers what came of asking again; of drawn ones the share of the item's other draws, where there are any. */
function floorOf(items: readonly AttributedItem[], changes: readonly Change[], all: readonly Change[]): Attribution["floor"] {
  const draws = groupBy(all, itemOf);
  const shares = changes.flatMap((change, i) => {
    const { before, after, dense, compressed } = items[i];
    if (before === after) return [];
    if (change.after.record.decodingSeed === null)
      return [{ undone: as01(compressed === before), caused: as01(dense === after) }];
    const others = (draws.get(itemOf(change)) ?? []).filter((other) => other !== change);
    const shareOf = (side: "before" | "after", state: State): number =>
      others.filter((other) => other[side].label.state === state).length / others.length;
    return others.length === 0 ? [] : [{ undone: shareOf("after", before), caused: shareOf("before", after) }];
  });
  const meanOf = (pick: (share: { undone: number; caused: number }) => number): number | null =>
    shares.length === 0 ? null : shares.reduce((sum, share) => sum + pick(share), 0) / shares.length;
  return { undone: meanOf(({ undone }) => undone), caused: meanOf(({ caused }) => caused) };
}

const as01 = (value: boolean): number => (value ? 1 : 0);
const itemOf = ({ after: { record } }: Change): string =>
  [record.dimension, record.suite, record.settings, record.task, record.item].join("\u0000");
