import { createRandom } from "../core/random.js";
import { LEVEL } from "../statistics/index.js";
import { labelled, type Study } from "../study/index.js";
import { comparisons } from "./comparisons.js";
import { type Drift, drift, driftInterval } from "./drift.js";
import { settleMargin } from "./margin.js";
import { planCurve, type PlannedSize } from "./planner.js";
import type { Selection } from "./selection.js";
import { type Verdict, verdictOf } from "./verdict.js";

/** What is planned, and for what. */
export interface StudyPlanOptions extends Selection {
  /** Points. Default: the study's last, else 2; a change is recorded. */
  readonly margin?: number | undefined;
  /** Share of studies that are to be decided, 0–1. Default 0.8. */
  readonly power?: number | undefined;
}

/** How many clusters would settle one drift. */
export interface DriftPlan {
  readonly variant: string;
  readonly dimension: string;
  readonly suite: string;
  readonly margin: number;
  readonly power: number;
  readonly drift: Drift;
  /** On the clusters at hand, at the level of the plan. */
  readonly verdict: Verdict;
  readonly curve: readonly PlannedSize[];
  /** The smallest size on the curve that reaches the power, larger than what is at hand where that is undecided; null where none does. */
  readonly enough: PlannedSize | null;
}

/**
 * For each variant and dimension, how many clusters would settle its drift, at the level that a family of all of them begins with: what
 * Holm's later steps give back comes on top.
 * @throws InputError for a margin out of range, and where answers were rated by several judges
 */
export async function planStudy(study: Study, options: StudyPlanOptions = {}): Promise<DriftPlan[]> {
  const { power = 0.8, scorer = "touchstone" } = options;
  const { margin } = await settleMargin(study, options.margin);
  const random = createRandom(options.seed ?? 0).fork("plan");
  const compared = (await comparisons(study, options)).flatMap((one) => {
    const sides = { base: labelled(one.baseRecords, scorer), other: labelled(one.records, scorer) };
    const source = random.fork(`${one.variant.id} ${one.dimension.name} ${one.suite} ${one.settings}`);
    const moved = one.baseRecords.length === 0 ? null : drift(one.dimension, sides, { random: source });
    return moved === null ? [] : [{ ...one, sides, moved, source }];
  });
  const level = 1 - (1 - LEVEL) / compared.length;
  return compared.flatMap(({ variant, dimension, suite, sides, moved, source }) => {
    const curve = planCurve(dimension, sides, { random: source, margin, level });
    if (curve === null) return [];
    const verdict = verdictOf(driftInterval(moved, level), margin);
    const candidates = verdict === "undecided" ? curve.filter(({ clusters }) => clusters > moved.clusters) : curve;
    const enough = candidates.find(({ decided }) => decided >= power) ?? null;
    return [{ variant: variant.title, dimension: dimension.name, suite, margin, power, drift: moved, verdict, curve, enough }];
  });
}

/** A plan in words; never "0 more". */
export function planWords({ variant, dimension, margin, power, drift: moved, verdict, curve, enough }: DriftPlan): string {
  const head = `${dimension}, ${variant}: drift ${points(moved.value)} on ${moved.clusters} clusters`;
  const wanted = `${Math.round(100 * power)} % of studies`;
  const likely = ({ decided, error }: PlannedSize): string => `${(100 * decided).toFixed(1)} % ± ${(100 * error).toFixed(1)} %`;
  if (verdict !== "undecided")
    return `${head} is settled already: ${verdict} at a margin of ${margin} points; the same size settles ${likely(curve[0])} of studies`;
  const most = curve[curve.length - 1];
  if (enough === null)
    return `${head}, undecided: even ${most.clusters} clusters would settle it in only ${likely(most)} of studies, as it lies close to the margin of ${margin} points`;
  const more = enough.clusters - moved.clusters;
  return `${head}, undecided: ${more} more clusters, ${enough.clusters} in all, would settle it in ${wanted} (${likely(enough)} of those simulated), if they are like those at hand`;
}

const points = (value: number): string => `${value > 0 ? "+" : ""}${value.toFixed(1)}`;
