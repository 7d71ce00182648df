import { groupBy } from "../core/group.js";
import type { Random } from "../core/random.js";
import { strataOf } from "../statistics/index.js";
import { labelled } from "../study/index.js";
import { type Dimension, isReadable, type LabelledAnswer, type ScorerName } from "../trust/index.js";
import type { Family } from "./families.js";
import { pairById } from "./pairing.js";

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
  const members = candidates.map((family) =>
    family.members.map((member) => memberDrift(member, scorer)).filter((each) => each !== null),
  );
  const names = new Map(
    members.flat().flatMap(({ pairs }) => [...pairs].map(([name, [{ base }]]) => [name, base.stratum ?? ""])),
  );
  const clusters = [...names].map(([name, stratum]) => ({ stratum, name }));
  const strata = strataOf(clusters).map((stratum) => Array.from(stratum, (index) => clusters[index].name));
  const scale = wideningOf(strata.map(({ length }) => length));
  const values = members.map((ofFamily) => (ofFamily.length === 0 ? null : meanOf(ofFamily.map(({ value }) => value))));
  const replicates = members.map((): (number | null)[] => []);
  for (let i = 0; i < resamples; i++) {
    const drawn = strata.flatMap((stratum) => stratum.map(() => stratum[random.integer(stratum.length)]));
    members.forEach((ofFamily, index) => {
      const [value, drifts] = [values[index], ofFamily.map(() => ofFamily[random.integer(ofFamily.length)].driftOf(drawn))];
      const known = drifts.filter((each) => each !== null);
      replicates[index].push(value === null || known.length === 0 ? null : value + scale * (meanOf(known) - value));
    });
  }
  return values.map((value, index) => {
    if (value === null) return null;
    const [readable, asked] = [sumOf(members[index], "readable"), sumOf(members[index], "asked")];
    return { value, replicates: replicates[index], clusters: names.size, readable, asked };
  });
}

interface Pair {
  readonly base: LabelledAnswer;
  readonly other: LabelledAnswer;
}

const sumOf = (members: readonly MemberDrift[], count: "readable" | "asked"): number =>
  members.reduce((sum, member) => sum + member[count], 0);

interface MemberDrift extends Pick<ResampledDrift, "readable" | "asked"> {
  readonly value: number;
  readonly pairs: ReadonlyMap<string, readonly Pair[]>;
  /** Of drawn clusters, by name. */
  readonly driftOf: (drawn: readonly string[]) => number | null;
}

function memberDrift({ dimension, baseRecords, records }: Family["members"][number], scorer: ScorerName): MemberDrift | null {
  const [base, other] = [baseRecords, records].map((side) => labelled(side, scorer));
  const asked = pairById(base, other).pairs.length;
  const all = pairById(base.filter(isReadable), other.filter(isReadable)).pairs;
  const value = all.length === 0 ? null : difference(all, dimension, scorer);
  if (value === null) return null;
  const pairs = groupBy(all, ({ base: { stratum, cluster } }) => `${stratum ?? ""}\u0000${cluster}`);
  const slowly = (drawn: readonly string[]): number | null => {
    const sample = drawn.flatMap((name) => pairs.get(name) ?? []);
    return sample.length === 0 ? null : difference(sample, dimension, scorer);
  };
  const fast = meanOfSteps(pairs);
  const counts = { readable: all.length, asked };
  return { ...counts, value, pairs, driftOf: isSame([fast, slowly], [...pairs.keys()]) ? fast : slowly };
}

function difference(pairs: readonly Pair[], dimension: Dimension, scorer: ScorerName): number | null {
  const [before, after] = [pairs.map(({ base }) => base), pairs.map(({ other }) => other)].map((side) =>
    dimension.score(side, scorer),
  );
  return before === null || after === null ? null : after - before;
}

/** The mean change of value, from sums by cluster: what the drift is where the score is a plain mean. */
function meanOfSteps(pairs: ReadonlyMap<string, readonly Pair[]>): MemberDrift["driftOf"] {
  const stepOf = ({ base, other }: Pair): number => (other.label.value ?? Number.NaN) - (base.label.value ?? Number.NaN);
  const sums = new Map(
    [...pairs].map(([name, all]) => [name, { n: all.length, sum: all.reduce((sum, pair) => sum + stepOf(pair), 0) }]),
  );
  return (drawn) => {
    let [sum, n] = [0, 0];
    for (const name of drawn) {
      const cluster = sums.get(name);
      if (cluster === undefined) continue;
      sum += cluster.sum;
      n += cluster.n;
    }
    return n === 0 ? null : (100 * sum) / n;
  };
}

/** Whether two forms of a statistic agree on the data and on uneven samples of them. */
function isSame([one, other]: readonly [MemberDrift["driftOf"], MemberDrift["driftOf"]], names: readonly string[]): boolean {
  const samples = [0, 1, 2, 3].map((turn) => names.filter((_, i) => turn === 0 || (i * 7 + turn) % 4 !== 0));
  const doubled = samples.map((sample) => [...sample, ...sample.slice(0, Math.ceil(sample.length / 3))]);
  return [...samples, ...doubled].every((sample) => {
    const [a, b] = [one(sample), other(sample)];
    return a === b || (a !== null && b !== null && Math.abs(a - b) < 1e-9);
  });
}

function wideningOf(sizes: readonly number[]): number {
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (sizes.some((n) => n < 2)) return 1;
  return Math.sqrt(sizes.reduce((sum, n) => sum + (n / total) * (n / (n - 1)), 0));
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
