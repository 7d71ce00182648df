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
  const sides = candidates.map(({ members }) => members.map((member) => pairedClusters(sidesOf(member, scorer)).clusters));
  const clusters = allClusters(sides.flat(2));
  const strata = strataOf(clusters);
  const scale = wideningOf(strata);
  const statistics = candidates.map(({ members }, index) =>
    members.map(({ dimension }, i) => driftStatistic(inPlaces(sides[index][i], clusters), dimension)),
  );
  const times = new Int32Array(clusters.length).fill(1);
  const known = statistics.map((ofFamily) => ofFamily.filter((statistic) => statistic.of(times) !== null));
  const values = known.map((ofFamily) => meanOfKnown(ofFamily.map((statistic) => statistic.of(times))));
  const replicates = known.map((): (number | null)[] => []);
  for (let i = 0; i < resamples; i++) {
    drawTimesInto(strata, random, times);
    known.forEach((ofFamily, index) => {
      const value = values[index];
      const drawn = meanOfKnown(ofFamily.map(() => ofFamily[random.integer(ofFamily.length)].of(times)));
      replicates[index].push(value === null || drawn === null ? null : value + scale * (drawn - value));
    });
  }
  return values.map((value, index) =>
    value === null ? null : { value, replicates: replicates[index], clusters: clusters.length },
  );
}

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
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
