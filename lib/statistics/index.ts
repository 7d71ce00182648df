export { type BootstrapInterval, type BootstrapOptions, type Cluster, clusterBootstrap, FEW_CLUSTERS } from "./bootstrap.js";
export { type CellDifference, type CrossedCell, crossedMoments } from "./crossed-moments.js";
export { chiSquareQuantile, fQuantile, normalQuantile } from "./distributions.js";
export { type Interval, LEVEL, mean, quantile, wilson } from "./estimate.js";
export { isotonic, isotonicDistance, type WeightedPoint } from "./isotonic.js";
export { benjaminiHochberg, holm } from "./multiple-testing.js";
export { clopperPearson, type McNemar, mcnemar, signFlip } from "./paired-tests.js";
export { type Resampled, type SimultaneousBound, simultaneousBounds } from "./simultaneous-bounds.js";
export {
  type ComponentName,
  type CrossedAnova,
  crossedAnova,
  type VarianceComponent,
  withShares,
} from "./variance-components.js";
