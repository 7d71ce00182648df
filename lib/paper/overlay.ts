import { type Comparison, comparisons, type Drift, drift, type Selection } from "../analysis/index.js";
import { createRandom } from "../core/random.js";
import { labelled, type Study } from "../study/index.js";
import { aggregate, countAnswers, type Score } from "../trust/index.js";
import { PAPER_DIMENSIONS, type PaperMeasure } from "./published.js";
import type { SheetRow } from "./sheet.js";

/** A study's score, to stand beside published ones. */
export interface OwnScore {
  readonly comparison: Comparison;
  readonly score: Score;
  readonly drift: Drift | null;
  readonly n: number;
  readonly refused: number;
}

/** A published figure and ours of the same measure, method and rate; either may stand alone. */
export interface Overlaid {
  readonly measure: PaperMeasure;
  readonly published: SheetRow | null;
  readonly own: OwnScore | null;
}

/** What is laid beside each other. */
export interface OverlayChoice {
  readonly published: readonly SheetRow[];
  readonly measures: readonly PaperMeasure[];
  readonly own: readonly OwnScore[];
}

/** All measures that the paper's table has a column for. */
export const PAPER_MEASURES: readonly PaperMeasure[] = [...PAPER_DIMENSIONS, "mmlu"];

/**
 * Published figures with the study's beside them: of the same measure, method and rate; where there are several such, those of the
 * same pruning pattern, then of the same calibration seed. Ours without a published counterpart come last. Another model, suite and
 * scorer made them: they are laid beside each other, never subtracted.
 */
export function overlay({ published, measures, own }: OverlayChoice): Overlaid[] {
  return measures.flatMap((measure) => {
    const ofMeasure = own.filter(({ comparison }) => comparison.dimension.name === measure);
    const used = new Set<OwnScore>();
    const rows = published
      .filter(({ scores }) => scores[measure] !== null)
      .flatMap((row): Overlaid[] => {
        const partners = partnersOf(row, ofMeasure);
        for (const partner of partners) used.add(partner);
        return partners.length === 0
          ? [{ measure, published: row, own: null }]
          : partners.map((partner) => ({ measure, published: row, own: partner }));
      });
    const alone = ofMeasure.filter((one) => !used.has(one)).map((one) => ({ measure, published: null, own: one }));
    return [...rows, ...alone];
  });
}

function partnersOf(row: SheetRow, own: readonly OwnScore[]): readonly OwnScore[] {
  const summaryOf = ({ comparison }: OwnScore) => comparison.variant.summary;
  const equal = own.filter((one) => summaryOf(one).method === row.method && summaryOf(one).rate === row.rate);
  const samePattern = preferring(equal, (one) => summaryOf(one).pattern === row.pattern);
  return preferring(samePattern, ({ comparison }) => comparison.variant.recipe.settings["seed"] === row.seed);
}

/** Those that pass, or all where none does. */
function preferring<T>(values: readonly T[], test: (value: T) => boolean): readonly T[] {
  const passing = values.filter(test);
  return passing.length > 0 ? passing : values;
}

/** The study's scores of the paper's measures, with intervals and paired drift. */
export async function ownScores(study: Study, selection: Selection = {}): Promise<OwnScore[]> {
  const random = createRandom(selection.seed ?? 0).fork("paper overlay");
  const scorer = selection.scorer ?? "touchstone";
  const measures: readonly string[] = PAPER_MEASURES;
  const compared = await comparisons(study, selection);
  return compared.flatMap((comparison): OwnScore[] => {
    const { dimension, variant, records, baseRecords } = comparison;
    const answers = labelled(records, scorer);
    const own = random.fork(`${variant.id} ${dimension.name} ${comparison.suite} ${comparison.settings}`);
    const score = measures.includes(dimension.name) ? aggregate(dimension, answers, { random: own }) : null;
    if (score === null) return [];
    const base = labelled(baseRecords, scorer);
    const moved = base.length === 0 ? null : drift(dimension, { base, other: answers }, { random: own });
    const { n, refused } = countAnswers(answers);
    return [{ comparison, score, drift: moved, n, refused }];
  });
}
