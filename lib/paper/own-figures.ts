import { type Comparison, comparisons, type KnownVariant, type Selection } from "../analysis/index.js";
import { throwIfInterrupted } from "../core/errors.js";
import { groupBy } from "../core/group.js";
import { breathe } from "../core/progress.js";
import { createRandom, type Random } from "../core/random.js";
import { FEW_CLUSTERS, type Interval, quantile, wilson } from "../statistics/index.js";
import type { Study } from "../study/index.js";
import { type MeasureFigures, type OwnAnswers, ownAnswers } from "./own-answers.js";
import { PAPER_DIMENSIONS } from "./published.js";
import { eachMeasure, type Sheet, type SheetRow } from "./sheet.js";

/** A study's figures of one model, and what other draws of its items would make of any figure computed from them. */
export interface OwnFigures {
  readonly sheet: Sheet;
  /** Items over all measures, and what was measured. */
  readonly n: number;
  readonly measures: readonly string[];
  /** A measure has fewer than 20 clusters: intervals are to be read with care. */
  readonly fewClusters: boolean;
  /**
   * 95 % interval of a figure in points or per cent: percentiles over resamples in which clusters are drawn once for all variants,
   * each measure's deviations scaled by sqrt(n/(n − 1)). Where all resamples agree, Wilson's bound over clusters.
   * @returns null where too few resamples have the figure
   */
  readonly interval: (figure: (sheet: Sheet) => number | null, value: number) => Interval | null;
}

/** How to resample. */
export interface OwnOptions extends Selection {
  /** Default 1,000. */
  readonly resamples?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A study's figures, model by model; models without a dense variant, or with nothing beside it, have none. */
export async function ownFigures(study: Study, options: OwnOptions = {}): Promise<OwnFigures[]> {
  const compared = await comparisons(study, options);
  const random = createRandom(options.seed ?? 0).fork("paper");
  const found: OwnFigures[] = [];
  for (const [model, ofModel] of groupBy(compared, ({ variant }) => modelName(variant))) {
    const answers = [...PAPER_DIMENSIONS, "mmlu"].flatMap((name) => {
      const one = ownAnswers(
        fullestPlace(ofModel.filter(({ dimension }) => dimension.name === name)),
        options.scorer ?? "touchstone",
      );
      return one === null ? [] : [one];
    });
    if (answers.length === 0) continue;
    found.push(await figuresOfModel({ model, variants: variantsOf(ofModel), answers }, random.fork(model), options));
  }
  return found;
}

/** The model's name in a variant's id. */
const modelName = ({ id }: KnownVariant): string => id.slice(0, id.lastIndexOf("/"));

const variantsOf = (compared: readonly Comparison[]): KnownVariant[] => [
  ...new Map(compared.map(({ variant }) => [variant.id, variant])).values(),
];

/** Of several suites or ways of drawing the one in which most variants were asked, then that of most answers: figures of two are not to be mixed. */
function fullestPlace(compared: readonly Comparison[]): readonly Comparison[] {
  const places = [...groupBy(compared, ({ suite, settings }) => `${suite}\u0000${settings}`).values()];
  const answers = (place: readonly Comparison[]): number => place.reduce((sum, { records }) => sum + records.length, 0);
  return places.sort((a, b) => b.length - a.length || answers(b) - answers(a)).at(0) ?? [];
}

interface OfModel {
  readonly model: string;
  readonly variants: readonly KnownVariant[];
  readonly answers: readonly OwnAnswers[];
}

async function figuresOfModel(
  { model, variants, answers }: OfModel,
  random: Random,
  { resamples = 1000, signal }: OwnOptions,
): Promise<OwnFigures> {
  const sheetOf = (figures: ReadonlyMap<string, ReadonlyMap<string, MeasureFigures>>): Sheet => ({
    model,
    others: [],
    rows: variants.map((variant) => rowOf(model, variant, figures)),
  });
  const drawn: Sheet[] = [];
  for (let i = 0; i < resamples; i++) {
    throwIfInterrupted(signal);
    if (i % 50 === 0) await breathe();
    drawn.push(sheetOf(new Map(answers.map(({ measure, drawn: draw }) => [measure, draw(random)]))));
  }
  const clusters = Math.min(...answers.map((one) => one.clusters));
  return {
    sheet: sheetOf(new Map(answers.map(({ measure, figures }) => [measure, figures]))),
    n: answers.reduce((sum, { n }) => sum + n, 0),
    measures: answers.map(({ measure }) => measure),
    fewClusters: clusters < FEW_CLUSTERS,
    interval: (figure, value) => intervalOf(drawn.map(figure), value, clusters),
  };
}

const ROUNDING = 1e-9;

/** Below this share of resamples with a figure there is no interval. */
const ENOUGH = 0.9;

function intervalOf(values: readonly (number | null)[], value: number, clusters: number): Interval | null {
  const there = values.filter((one) => one !== null);
  if (there.length === 0 || there.length < ENOUGH * values.length || clusters < 2) return null;
  const sorted = there.sort((a, b) => a - b);
  if (sorted[sorted.length - 1] - sorted[0] > ROUNDING) return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  const unlike = 100 * wilson(0, clusters).high;
  return { low: value - unlike, high: value + unlike };
}

function rowOf(
  model: string,
  { id, title, recipe, summary: { method, bits, pattern, rate } }: KnownVariant,
  figures: ReadonlyMap<string, ReadonlyMap<string, MeasureFigures>>,
): SheetRow {
  const { seed, ...settings } = recipe.settings;
  const of = (measure: string): MeasureFigures | undefined => figures.get(measure)?.get(id);
  return {
    ...{ model, title, method, bits, pattern, rate, setting: JSON.stringify(settings) },
    seed: typeof seed === "number" ? seed : null,
    scores: eachMeasure((measure) => of(measure)?.score ?? null),
    drifts: eachMeasure((measure) => of(measure)?.drift ?? null),
    refusals: eachMeasure((measure) => of(measure)?.refused ?? null),
  };
}
