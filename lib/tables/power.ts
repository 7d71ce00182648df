import type { ColumnTable } from "arquero";

import type { DriftPlan } from "../analysis/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable } from "./make.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "dimension", "suite", "margin", "plannedClusters", "plannedPairs", "decided", "decidedError"] as const),
];

/** `%plan`: a row a variant, dimension and study size, with the share of such studies that would be decided. */
export const powerTable = (plans: readonly DriftPlan[]): Promise<ColumnTable> =>
  makeTable(
    NAMES,
    plans.flatMap(({ variant, dimension, suite, margin, drift, curve }) =>
      curve.map(({ clusters, decided, error }) => ({
        ...{ variant, dimension, suite, margin },
        plannedClusters: clusters,
        plannedPairs: Math.ceil((clusters * drift.pairs) / drift.clusters),
        ...{ decided, decidedError: error },
      })),
    ),
  );
