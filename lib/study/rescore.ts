import { throwIfInterrupted } from "../core/errors.js";
import type { Task } from "../core/progress.js";
import { type Dimension, type Judge, type Label, relabel, type ScorerName, SCORERS } from "../trust/index.js";
import { latest } from "./labelled.js";
import type { ItemRecord } from "./record.js";
import type { Study } from "./record-store.js";

/** How to label again. */
export interface Rescoring {
  /** By name; records of other measures are left as they are. */
  readonly dimensions: Readonly<Record<string, Dimension>>;
  readonly scorers: readonly ScorerName[];
  /** Rates anew what another judge, or none, rated. */
  readonly judge?: Judge | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What labelling again came to. */
export interface Rescored {
  readonly records: number;
  /** Records whose labels or ratings are other ones now. */
  readonly changed: number;
}

/** Few enough that little is lost when a judge on the network fails. */
const JUDGED_AT_ONCE = 64;

/**
 * Labels a study's answers again, without a model: with mended rules, scorers that were not asked for, another judge. What
 * comes out differently is appended under the same key, so it is found from then on and nothing is lost.
 */
export async function* rescore(study: Study, { dimensions, ...rescoring }: Rescoring): Task<Rescored> {
  const records = (await study.allRecords()).filter(({ dimension }) => Object.hasOwn(dimensions, dimension));
  const current = latest(records);
  let [done, changed] = [0, 0];
  while (done < current.length) {
    throwIfInterrupted(rescoring.signal);
    const part = sameFile(current, done);
    const [{ variant, dimension }] = part;
    const made = await again(part, dimensions[dimension], rescoring);
    const different = made.filter((record, i) => JSON.stringify(record) !== JSON.stringify(part[i]));
    await study.append(variant, dimension, different);
    done += part.length;
    changed += different.length;
    yield { stage: "score", done, total: current.length, note: `${dimension}, ${variant}` };
  }
  return { records: current.length, changed };
}

/** The records from a place on that go into one file, so many at most. */
function sameFile(records: readonly ItemRecord[], from: number): readonly ItemRecord[] {
  const { variant, dimension } = records[from];
  const part = records.slice(from, from + JUDGED_AT_ONCE);
  const end = part.findIndex((record) => record.variant !== variant || record.dimension !== dimension);
  return end < 0 ? part : part.slice(0, end);
}

async function again(
  records: readonly ItemRecord[],
  dimension: Dimension,
  { scorers, judge, signal }: Omit<Rescoring, "dimensions">,
): Promise<ItemRecord[]> {
  const rated = dimension.judged === true && judge !== undefined ? await rate(records, judge, signal) : records;
  return relabel(dimension, rated, scorers).map((record, i) => ({
    ...record,
    labels: SCORERS.flatMap((scorer) => {
      const ofScorer = (label: Label): boolean => label.scorer === scorer;
      return record.labels.find(ofScorer) ?? records[i].labels.find(ofScorer) ?? [];
    }),
  }));
}

async function rate(
  records: readonly ItemRecord[],
  judge: Judge,
  signal: AbortSignal | undefined,
): Promise<readonly ItemRecord[]> {
  const unrated = records.filter(({ judgement }) => judgement?.judge !== judge.name);
  if (unrated.length === 0) return records;
  const texts = unrated.map(({ generation }) => generation.text);
  const judgements = await judge.judge(texts, { signal });
  const found = new Map(unrated.map(({ key }, i) => [key, judgements[i]]));
  return records.map((record) => ({ ...record, judgement: found.get(record.key) ?? record.judgement }));
}
