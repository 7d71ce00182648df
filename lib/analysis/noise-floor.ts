import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import { quantile } from "../statistics/index.js";
import { type ItemRecord, labelled } from "../study/index.js";
import { type Dimension, isReadable, type LabelledAnswer, type ScorerName } from "../trust/index.js";
import { pairById } from "./pairing.js";

/** How far the score of the same model lies from itself, asked twice. */
export interface NoiseFloor {
  readonly source: "decoding seeds" | "repeats" | "precision";
  /** What was compared with what, in words. */
  readonly words: string;
  /** |drift| in points, ascending. */
  readonly drifts: readonly number[];
  /** Their 95th percentile; of two precisions at least the |drift| that was seen. */
  readonly level: number;
  readonly items: number;
}

/** The base's answers, in another precision too where there are any, and those of the variant that it is compared with. */
export interface AskedTwice {
  readonly base: readonly ItemRecord[];
  readonly twin: readonly ItemRecord[];
  /** Its items are those the floor is made of, its draws the number that the floor is for. */
  readonly against: readonly ItemRecord[];
}

/** How to make it. */
export interface FloorOptions {
  readonly scorer: ScorerName;
  readonly random: Random;
  /** Default 1,000. */
  readonly splits?: number;
}

/**
 * The noise floor of a comparison. Of sampled answers: each item's decoding seeds (repeats, where there is one seed) are dealt at random
 * to two sides, again and again; the differences are those of half the draws, so they are scaled by sqrt(half/draws compared),
 * which is exact for means. Of greedy ones: f32 against bf16, each item's two answers dealt at random.
 * @returns null where the base was asked once only: then nothing is known
 * @see STATISTICS.md, section 6
 */
export function noiseFloor(
  dimension: Pick<Dimension, "score">,
  { base, twin, against }: AskedTwice,
  { scorer, random, splits = 1000 }: FloorOptions,
): NoiseFloor | null {
  const wanted = new Set(against.map(placeOf));
  const answersOf = (records: readonly ItemRecord[]): LabelledAnswer[] =>
    labelled(
      records.filter((record) => wanted.has(placeOf(record))),
      scorer,
    ).filter(isReadable);
  const own = answersOf(base);
  const halves = drawnHalves(own, against) ?? precisionHalves(own, answersOf(twin), precisionsOf(base, twin));
  if (halves === null) return null;
  const { scale, observed, units, ...facts } = halves;
  const difference = (sides: Sides): number | null => {
    const [one, other] = [dimension.score(sides.one, scorer), dimension.score(sides.other, scorer)];
    return one === null || other === null ? null : Math.abs(one - other) * scale;
  };
  const drifts = Array.from({ length: splits }, () => difference(deal(units, random))).filter((value) => value !== null);
  if (drifts.length === 0) return null;
  drifts.sort((a, b) => a - b);
  const seen = observed === undefined ? 0 : (difference(observed) ?? 0);
  return { ...facts, drifts, level: Math.max(quantile(drifts, 0.95), seen), items: units.length };
}

/** An item's answers in the parts that are dealt whole; one part alone goes to both sides. */
type Units = readonly (readonly LabelledAnswer[])[];

interface Sides {
  readonly one: readonly LabelledAnswer[];
  readonly other: readonly LabelledAnswer[];
}

interface Halves extends Pick<NoiseFloor, "source" | "words"> {
  readonly units: readonly Units[];
  readonly scale: number;
  /** The one split that was asked for, where sides are of two kinds. */
  readonly observed?: Sides;
}

/** Of drawn answers, the share that must be there twice at least: the others are left out of the floor. */
const SHARE_TWICE = 0.9;

/** Null where drawn answers are there once only, or none was drawn. */
function drawnHalves(own: readonly LabelledAnswer[], against: readonly ItemRecord[]): Halves | null {
  const drawn = own.filter(isDrawn);
  const seeds = [...new Set(drawn.map(({ decodingSeed }) => decodingSeed))];
  const unitOf = ({ decodingSeed, repeat }: Pick<LabelledAnswer, "decodingSeed" | "repeat">): string =>
    String(seeds.length > 1 ? decodingSeed : repeat);
  const units = [...groupBy(drawn, placeOf).values()].map((ofItem) => [...groupBy(ofItem, unitOf).values()]);
  const several = units.filter((ofItem) => ofItem.length > 1);
  if (several.length === 0 || several.length < SHARE_TWICE * units.length) return null;
  const others = new Set(against.map(drawOf));
  const paired = drawn.filter((answer) => others.has(drawOf(answer)));
  if (paired.length === 0) return null;
  const compared = [...groupBy(paired, placeOf).values()].map((all) => new Set(all.map(unitOf)).size);
  const scale = Math.sqrt(meanOf(several.map(({ length }) => Math.floor(length / 2))) / meanOf(compared));
  const greedy = own.filter((answer) => !isDrawn(answer)).map((answer) => [[answer]]);
  const most = Math.max(...several.map(({ length }) => length));
  const by =
    seeds.length > 1
      ? { source: "decoding seeds" as const, words: `dense with one decoding seed against another (${seeds.join(", ")})` }
      : { source: "repeats" as const, words: `dense, half of its ${most} answers to a prompt against the other half` };
  return { ...by, scale, units: [...several, ...greedy] };
}

const isDrawn = ({ decodingSeed }: Pick<LabelledAnswer, "decodingSeed">): boolean => typeof decodingSeed === "number";

/** Null where nothing was asked in two precisions. */
function precisionHalves(own: readonly LabelledAnswer[], twin: readonly LabelledAnswer[], precisions: string): Halves | null {
  const { pairs } = pairById(own, twin);
  if (pairs.length === 0 || pairs.some(({ base }) => isDrawn(base))) return null;
  return {
    ...{ source: "precision", words: `dense in ${precisions}`, scale: 1 },
    units: pairs.map(({ base, other }) => [[base], [other]]),
    observed: { one: pairs.map(({ base }) => base), other: pairs.map(({ other }) => other) },
  };
}

const precisionsOf = (base: readonly ItemRecord[], twin: readonly ItemRecord[]): string =>
  `${base.at(0)?.precision ?? "one precision"} against ${twin.at(0)?.precision ?? "another"}`;

function deal(items: readonly Units[], random: Random): Sides {
  const [one, other]: [LabelledAnswer[], LabelledAnswer[]] = [[], []];
  for (const units of items) {
    const half = Math.floor(units.length / 2);
    const shuffled = random.shuffle(units);
    one.push(...(half === 0 ? shuffled : shuffled.slice(0, half)).flat());
    other.push(...(half === 0 ? shuffled : shuffled.slice(half, 2 * half)).flat());
  }
  return { one, other };
}

const drawOf = ({
  task,
  item,
  repeat,
  decodingSeed,
}: Pick<LabelledAnswer, "task" | "item" | "repeat" | "decodingSeed">): string =>
  [task, item, repeat, decodingSeed].join("\u0000");
const placeOf = ({ task, item }: Pick<LabelledAnswer, "task" | "item">): string => `${task}\u0000${item}`;
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
