import type { ColumnTable } from "arquero";

import { groupBy } from "../core/group.js";
import { createRandom } from "../core/random.js";
import { chosenRecords, chosenVariants, type Selection } from "../analysis/index.js";
import { type ItemRecord, labelled, type Study } from "../study/index.js";
import { aggregate, countAnswers, type Dimension, measures, type ScorerName, scorersOf } from "../trust/index.js";
import type { ColumnName } from "./columns.js";
import { makeTable, type Row } from "./make.js";

const NAMES: readonly ColumnName[] = [
  ...(["variant", "dimension", "suite", "settings", "scorer", "score", "low", "high"] as const),
  ...(["n", "counted", "refusals", "degenerates", "otherLabels", "pointsOff"] as const),
];

/** What scorers are compared with. */
const DEFAULT: ScorerName = "touchstone";

/** Which rules to lay side by side. */
export interface ScorersSelection extends Omit<Selection, "scorer"> {
  readonly scorers: readonly ScorerName[];
}

/**
 * `%score`: one row a variant, dimension and scorer, on the same answers: the score, and how many labels and points it differs
 * from `touchstone`'s.
 */
export async function scorersTable(study: Study, { scorers, ...selection }: ScorersSelection): Promise<ColumnTable> {
  const rows: Row[] = [];
  for (const variant of chosenVariants(study, selection)) {
    const records = await chosenRecords(study, variant.id, selection);
    const known = records.filter(({ dimension }) => Object.hasOwn(measures, dimension));
    const ways = groupBy(known, ({ dimension, suite, settings }) => [dimension, suite, settings].join("\u0000"));
    for (const ofWay of ways.values()) {
      const [{ dimension }] = ofWay;
      rows.push(...rowsOf(ofWay, measures[dimension], scorers).map((row) => ({ variant: variant.title, ...row })));
    }
  }
  return makeTable(NAMES, rows);
}

function rowsOf(records: readonly ItemRecord[], dimension: Dimension, scorers: readonly ScorerName[]): Row[] {
  const [{ suite, settings }] = records;
  const standard = dimension.score(labelled(records, DEFAULT), DEFAULT);
  return scorersOf(dimension, scorers).map((scorer) => {
    const answers = labelled(records, scorer);
    const random = createRandom(0).fork(`${dimension.name} ${scorer}`);
    const score = aggregate(dimension, answers, { random });
    const { n, counted, refused: refusals, degenerate: degenerates } = countAnswers(answers);
    return {
      ...{ dimension: dimension.name, suite, settings: settings === "" ? null : settings, scorer },
      ...{ score: score?.value ?? null, low: score?.low ?? null, high: score?.high ?? null },
      ...{ n, counted, refusals, degenerates },
      otherLabels: records.filter((record) => isOther(record, scorer)).length,
      pointsOff: score === null || standard === null ? null : score.value - standard,
    };
  });
}

/** Does the scorer say otherwise than the default one? */
function isOther({ labels }: ItemRecord, scorer: ScorerName): boolean {
  const [ours, theirs] = [DEFAULT, scorer].map((name) => labels.find((label) => label.scorer === name));
  return ours?.state !== theirs?.state || ours?.value !== theirs?.value;
}
