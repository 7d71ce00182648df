import { type Comparison, pairById } from "../analysis/index.js";
import type { Random } from "../core/random.js";
import {
  type Cluster,
  differenceBetween,
  drawTimesInto,
  indexed,
  type IndexedStatistic,
  ratioOfSums,
  strataOf,
  wideningOf,
} from "../statistics/index.js";
import { labelled } from "../study/index.js";
import { clustersOf, isReadable, type LabelledAnswer, type ScorerName, scoreStatistic } from "../trust/index.js";

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
  /** The same of clusters drawn anew within their strata: the same draw for all variants; deviations widened for few clusters. */
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
  const paired = pairs.filter(({ variant }) => variant !== dense.variant.id);
  if (paired.length === 0) return null;
  const clusters = clustersOf(pairs.map((pair) => ({ ...pair, cluster: pair.base.cluster, stratum: pair.base.stratum })));
  const variants = [...new Set(pairs.map(({ variant }) => variant))];
  const statistics = new Map(variants.map((variant) => [variant, statisticsOf(variant, clusters, dense)]));
  const times = new Int32Array(clusters.length).fill(1);
  const figures = figuresOf(statistics, times);
  const strata = strataOf(clusters);
  const scale = wideningOf(strata);
  return {
    measure: dense.dimension.name,
    n: new Set(paired.map(({ base: { task, item, repeat } }) => `${task}\u0000${item}\u0000${repeat}`)).size,
    clusters: clusters.length,
    figures,
    drawn: (random) => {
      drawTimesInto(strata, random, times);
      return widened(figures, figuresOf(statistics, times), scale);
    },
  };
}

type Figure = keyof MeasureFigures;
type Statistics = Readonly<Record<Figure, IndexedStatistic | null>>;

/** One variant's figures as statistics of all clusters. */
function statisticsOf(variant: string, clusters: readonly Cluster<Pair>[], dense: Comparison): Statistics {
  const own = clusters.map(({ stratum, members }) => ({ stratum, members: members.filter((pair) => pair.variant === variant) }));
  const readable = own.map(({ stratum, members }) => ({
    stratum,
    members: members.filter(({ base, other }) => isReadable(base) && isReadable(other)),
  }));
  const scoreOf = (side: "base" | "other"): IndexedStatistic => {
    const ofSide = readable.map(({ stratum, members }) => ({ stratum, members: members.map((pair) => pair[side]) }));
    const answers = ofSide.flatMap(({ members }) => members);
    return indexed(ofSide, answers.length === 0 ? () => null : scoreStatistic(dense.dimension, answers));
  };
  const score = scoreOf("other");
  const refused = ratioOfSums<Pair>(
    ({ other }) => (other.label.state === "refused" ? 100 : 0),
    () => 1,
  );
  return {
    score,
    drift: variant === dense.variant.id ? null : differenceBetween(score, scoreOf("base")),
    refused: indexed(own, refused),
  };
}

const figuresOf = (statistics: ReadonlyMap<string, Statistics>, times: Int32Array): Map<string, MeasureFigures> =>
  new Map(
    [...statistics].map(([variant, { score, drift, refused }]) => [
      variant,
      { score: score?.of(times) ?? null, drift: drift?.of(times) ?? null, refused: refused?.of(times) ?? null },
    ]),
  );

function widened(
  figures: ReadonlyMap<string, MeasureFigures>,
  drawn: ReadonlyMap<string, MeasureFigures>,
  scale: number,
): Map<string, MeasureFigures> {
  const wide = (value: number | null, other: number | null = null): number | null =>
    value === null || other === null ? null : value + scale * (other - value);
  return new Map(
    [...figures].map(([variant, of]) => {
      const one = drawn.get(variant);
      const { score, drift, refused } = of;
      return [variant, { score: wide(score, one?.score), drift: wide(drift, one?.drift), refused: wide(refused, one?.refused) }];
    }),
  );
}
