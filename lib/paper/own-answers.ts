import { type Comparison, pairById } from "../analysis/index.js";
import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import { strataOf } from "../statistics/index.js";
import { labelled } from "../study/index.js";
import { clustersOf, type Dimension, isReadable, type LabelledAnswer, type ScorerName } from "../trust/index.js";

/** One variant's figures of one measure. */
export interface MeasureFigures {
  readonly score: number | null;
  /** Paired by item with the dense variant; null for the dense variant itself. */
  readonly drift: number | null;
  /** Per cent. */
  readonly refused: number | null;
}

/** All variants' answers to one measure's items, paired with the dense variant's, to be resampled together. */
export interface OwnAnswers {
  readonly measure: string;
  /** Items that the dense variant and at least one other answered. */
  readonly n: number;
  readonly clusters: number;
  /** By variant id. */
  readonly figures: ReadonlyMap<string, MeasureFigures>;
  /** The same of clusters drawn anew within their strata: the same draw for all variants. */
  readonly drawn: (random: Random) => ReadonlyMap<string, MeasureFigures>;
}

/** A dense answer and a variant's to the same prompt; the dense variant's own answers are pairs with themselves. */
interface Pair {
  readonly variant: string;
  readonly base: LabelledAnswer;
  readonly other: LabelledAnswer;
}

/** The comparisons of one measure, suite and way of drawing. @returns null without a dense variant or another to pair with it */
export function ownAnswers(compared: readonly Comparison[], scorer: ScorerName): OwnAnswers | null {
  const dense = compared.find(({ variant }) => variant.recipe.method === "dense");
  const others = compared.filter(({ base, baseRecords }) => base !== undefined && baseRecords.length > 0);
  if (dense === undefined || others.length === 0) return null;
  const denseAnswers = labelled(dense.records, scorer);
  const pairs: Pair[] = [
    ...denseAnswers.map((answer) => ({ variant: dense.variant.id, base: answer, other: answer })),
    ...others.flatMap(({ variant, records }) =>
      pairById(denseAnswers, labelled(records, scorer)).pairs.map((pair) => ({ variant: variant.id, ...pair })),
    ),
  ];
  const clusters = clustersOf(pairs.map((pair) => ({ ...pair, cluster: pair.base.cluster, stratum: pair.base.stratum })));
  const strata = strataOf(clusters).map((stratum) => Array.from(stratum, (index) => clusters[index]));
  const of = (sample: readonly Pair[]) => figuresOf(sample, dense, scorer);
  const paired = pairs.filter(({ variant }) => variant !== dense.variant.id);
  if (paired.length === 0) return null;
  return {
    measure: dense.dimension.name,
    n: new Set(paired.map(({ base: { task, item, repeat } }) => `${task}\u0000${item}\u0000${repeat}`)).size,
    clusters: clusters.length,
    figures: of(pairs),
    drawn: (random) =>
      of(strata.flatMap((stratum) => stratum.flatMap(() => [...stratum[random.integer(stratum.length)].members]))),
  };
}

function figuresOf(pairs: readonly Pair[], dense: Comparison, scorer: ScorerName): ReadonlyMap<string, MeasureFigures> {
  const byVariant = groupBy(pairs, ({ variant }) => variant);
  return new Map(
    [...byVariant].map(([variant, own]) => {
      const readable = own.filter(({ base, other }) => isReadable(base) && isReadable(other));
      const score = scoreOf(
        dense.dimension,
        readable.map(({ other }) => other),
        scorer,
      );
      const before =
        variant === dense.variant.id
          ? null
          : scoreOf(
              dense.dimension,
              readable.map(({ base }) => base),
              scorer,
            );
      const refused = own.filter(({ other }) => other.label.state === "refused").length;
      return [
        variant,
        { score, drift: score === null || before === null ? null : score - before, refused: (100 * refused) / own.length },
      ];
    }),
  );
}

const scoreOf = (dimension: Dimension, answers: readonly LabelledAnswer[], scorer: ScorerName): number | null =>
  answers.length === 0 ? null : dimension.score(answers, scorer);
