export { type BootstrapInterval, type BootstrapOptions, type Cluster, clusterBootstrap, FEW_CLUSTERS } from "./bootstrap.js";
export { type Interval, LEVEL, mean, quantile, wilson } from "./estimate.js";
export { benjaminiHochberg, holm } from "./multiple-testing.js";
export { clopperPearson, type McNemar, mcnemar, signFlip } from "./paired-tests.js";
