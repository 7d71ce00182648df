import type { Random } from "../core/random.js";
import { type Cluster, drawTimesInto, strataOf, wideningOf } from "../statistics/index.js";
import { labelled } from "../study/index.js";
import type { ScorerName } from "../trust/index.js";
import { driftStatistic, type Pair, pairedClusters, type Sides } from "./drift.js";
import type { Family } from "./families.js";

/** A candidate's drift in one dimension: the mean over its calibration seeds. */
export interface ResampledDrift {
  readonly value: number;
  /** By resample; null where a resample has no score. */
  readonly replicates: readonly (number | null)[];
  readonly clusters: number;
  /** Pairs of answers that both sides gave readably, over all seeds; of them the drift is made. */
  readonly readable: number;
  /** Pairs of answers, readable or not. */
  readonly asked: number;
}

/** How to resample. */
export interface JointOptions {
  readonly scorer: ScorerName;
  readonly random: Random;
  readonly resamples: number;
}

/**
 * Drifts of several candidates in one dimension from one resampling: each resample draws clusters once for all of them, and for each
 * candidate its calibration seeds. Deviations are widened by sqrt(n/(n − 1)) of the clusters.
 * @returns null for a candidate that has no score on items in common with dense
 */
export function jointDrifts(
  candidates: readonly Family[],
  { scorer, random, resamples }: JointOptions,
): (ResampledDrift | null)[] {
  const paired = candidates.map(({ members }) => members.map((member) => pairedClusters(sidesOf(member, scorer))));
  const clusters = allClusters(paired.flat().flatMap((one) => one.clusters));
  const strata = strataOf(clusters);
  const scale = wideningOf(strata);
  const times = new Int32Array(clusters.length).fill(1);
  const known = candidates.map(({ members }, index) =>
    members
      .map(({ dimension }, i) => ({
        ...paired[index][i],
        drift: driftStatistic(inPlaces(paired[index][i].clusters, clusters), dimension),
      }))
      .filter(({ drift }) => drift.of(times) !== null),
  );
  const values = known.map((ofFamily) => meanOfKnown(ofFamily.map(({ drift }) => drift.of(times))));
  const replicates = known.map((): (number | null)[] => []);
  for (let i = 0; i < resamples; i++) {
    drawTimesInto(strata, random, times);
    known.forEach((ofFamily, index) => {
      const value = values[index];
      const drawn = meanOfKnown(ofFamily.map(() => ofFamily[random.integer(ofFamily.length)].drift.of(times)));
      replicates[index].push(value === null || drawn === null ? null : value + scale * (drawn - value));
    });
  }
  return values.map((value, index) => {
    if (value === null) return null;
    const [readable, unreadable] = [
      sumOf(known[index].map(({ pairs }) => pairs.length)),
      sumOf(known[index].map((one) => one.unreadable)),
    ];
    return { value, replicates: replicates[index], clusters: clusters.length, readable, asked: readable + unreadable };
  });
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const sidesOf = ({ baseRecords, records }: Family["members"][number], scorer: ScorerName): Sides => ({
  base: labelled(baseRecords, scorer),
  other: labelled(records, scorer),
});

/** A cluster that several candidates may have answered. */
interface NamedCluster {
  readonly stratum: string;
  readonly name: string;
}

const nameOf = ({ stratum, members: [{ base }] }: Cluster<Pair>): string => `${stratum}\u0000${base.cluster}`;

const allClusters = (all: readonly Cluster<Pair>[]): NamedCluster[] => [
  ...new Map(all.map((cluster) => [nameOf(cluster), { stratum: cluster.stratum, name: nameOf(cluster) }])).values(),
];

/** One candidate's clusters in the places of all; those it has not are empty. */
function inPlaces(own: readonly Cluster<Pair>[], all: readonly NamedCluster[]): Cluster<Pair>[] {
  const known = new Map(own.map((cluster) => [nameOf(cluster), cluster.members]));
  return all.map(({ stratum, name }) => ({ stratum, members: known.get(name) ?? [] }));
}

function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sumOf(known) / known.length;
}
