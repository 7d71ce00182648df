import type { ColumnTable } from "arquero";

import type { EvaluationPlan } from "../study/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable } from "./make.js";

const NAMES: readonly ColumnName[] = [
  ...([
    "dimension",
    "suite",
    "items",
    "answers",
    "missing",
    "tokensAtMost",
    "temperature",
    "repeats",
    "expectedSeconds",
    "lacking",
  ] as const),
];

/** `%trust --plan`: one row a dimension, with what would be asked and about how long that takes. */
export async function planTable(plans: readonly EvaluationPlan[]): Promise<ColumnTable> {
  return makeTable(
    NAMES,
    plans.map(({ dimension, suite, items, answers, missing, tokens, temperature, repeats, seconds, lacking }) => ({
      ...{ dimension, suite, items, answers, toAsk: missing, temperature, repeats },
      tokensAtMost: tokens.least === tokens.most ? String(tokens.most) : `${tokens.least}–${tokens.most}`,
      expectedSeconds: seconds,
      lacking: lacking.length === 0 ? null : lacking.join("; "),
    })),
  );
}
