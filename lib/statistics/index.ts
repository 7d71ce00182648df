export {
  type Bootstrap,
  bcaInterval,
  bootstrap,
  bootstrapIndexed,
  bootstrapInterval,
  type BootstrapInterval,
  type BootstrapOptions,
  clusterBootstrap,
  FEW_CLUSTERS,
  tailOf,
} from "./bootstrap.js";
export { type ClusterCount, clusteredShare } from "./clustered-share.js";
export { chiSquareQuantile, fQuantile, normalQuantile, tQuantile } from "./distributions.js";
export { type Interval, LEVEL, mean, quantile, wilson } from "./estimate.js";
export { type Influence, type InfluenceSummary, influenceSummary, jackknife } from "./jackknife.js";
export { linearInterval } from "./linear-interval.js";
export { benjaminiHochberg, type Correction, familyLevels, holm } from "./multiple-testing.js";
export { type PairedCounts, pairedDifference } from "./paired-proportions.js";
export { clopperPearson, type Equivalence, type McNemar, mcnemar, signFlip, tost } from "./paired-tests.js";
export {
  type Cluster,
  differenceBetween,
  drawTimesInto,
  indexed,
  type IndexedStatistic,
  ratioOfSums,
  type Statistic,
  strataOf,
  type SumStatistic,
  valueOf,
  wideningOf,
} from "./resampling.js";
export { type CellDifference, type CrossedCell, crossedMoments } from "./crossed-moments.js";
export { isotonic, isotonicDistance, type WeightedPoint } from "./isotonic.js";
export { type Resampled, type SimultaneousBound, simultaneousBounds } from "./simultaneous-bounds.js";
export { standingOut } from "./standing-out.js";
export {
  type ComponentName,
  type CrossedAnova,
  crossedAnova,
  type VarianceComponent,
  withShares,
} from "./variance-components.js";
