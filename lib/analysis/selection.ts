import {
  DIVERGENCE,
  type ItemRecord,
  latest,
  PERPLEXITY,
  PERPLEXITY_AUDIT,
  type RecordColumns,
  type Study,
  type StudyManifest,
  textsOf,
  wholesOf,
} from "../study/index.js";
import type { ScorerName } from "../trust/index.js";

/** Which records of a study a table is made from; what is left out is not restricted. */
export interface Selection {
  /** Variant ids or titles. */
  readonly variants?: readonly string[] | undefined;
  /** Default: all that are labelled; windows of a text only if what was measured on them is named. */
  readonly dimensions?: readonly string[] | undefined;
  readonly tasks?: readonly string[] | undefined;
  readonly suites?: readonly string[] | undefined;
  /** Item ids: those of one evaluation, say. */
  readonly items?: readonly string[] | undefined;
  /** Ways of drawing, as records name them: those of one evaluation; empty is the suite's own. */
  readonly settings?: readonly string[] | undefined;
  /** Default "touchstone". */
  readonly scorer?: ScorerName | undefined;
  /** Ratings of this judge, by its name or the beginning of it. Default: each answer's latest. */
  readonly judge?: string | undefined;
  /** Of bootstraps. Default 0. */
  readonly seed?: number | undefined;
}

/** A variant of the manifest with its id. */
export type KnownVariant = StudyManifest["variants"][string] & { readonly id: string };

/** The variants of a study that are selected, in the order they were first used. */
export function chosenVariants(study: Study, { variants }: Selection): KnownVariant[] {
  const all = Object.entries(study.manifest().variants).map(([id, variant]) => ({ id, ...variant }));
  return variants === undefined ? all : all.filter(({ id, title }) => variants.includes(id) || variants.includes(title));
}

/** What is measured on windows of a text: without labels, no answers. */
const ON_WINDOWS: readonly string[] = [PERPLEXITY, PERPLEXITY_AUDIT, DIVERGENCE];

const isChosenDimension = (dimension: string, chosen: Selection["dimensions"]): boolean =>
  chosen?.includes(dimension) ?? !ON_WINDOWS.includes(dimension);

/** The latest records of a variant that are selected; files of other variants and dimensions are not read. */
export async function chosenRecords(study: Study, variant: string, selection: Selection): Promise<ItemRecord[]> {
  const { dimensions, tasks, suites, items, settings, judge } = selection;
  const wantedItems = items === undefined ? undefined : new Set(items);
  const lists: (readonly ItemRecord[])[] = [];
  for (const dimension of await study.recorded(variant))
    if (isChosenDimension(dimension, dimensions)) lists.push(await study.records(variant, dimension));
  const ofJudge = ({ judgement }: ItemRecord): boolean =>
    judge === undefined || judgement === null || judgement.judge.startsWith(judge);
  return latest(lists.flat().filter(ofJudge)).filter(
    (record) =>
      (tasks?.includes(record.task) ?? true) &&
      (suites?.includes(record.suite) ?? true) &&
      (settings?.includes(record.settings) ?? true) &&
      (wantedItems?.has(record.item) ?? true),
  );
}

/**
 * The uncompressed variant of the same model, what drift is measured from; undefined where the study has none. Of one file loaded
 * in several precisions or templates, which names tell apart, it is the one loaded alike.
 */
export function denseOf(study: Study, variant: KnownVariant): KnownVariant | undefined {
  const all = denseVariants(study, variant);
  return all.find(({ id }) => loadedAs(id) === loadedAs(variant.id)) ?? all[0];
}

/** The uncompressed variants of the same file, however it was loaded. */
export const denseVariants = (study: Study, { modelDigest }: Pick<KnownVariant, "modelDigest">): KnownVariant[] =>
  chosenVariants(study, {}).filter((variant) => variant.recipe.method === "dense" && variant.modelDigest === modelDigest);

/** The model's part of a variant's id. */
const loadedAs = (id: string): string => id.slice(0, id.lastIndexOf("/"));

/** Rows of a file of records. */
export interface ChosenRows {
  readonly columns: RecordColumns;
  /** In the order of `chosenRecords`. */
  readonly rows: Uint32Array;
}

/** As `chosenRecords`, by columns. */
export async function chosenRows(study: Study, variant: string, selection: Selection): Promise<ChosenRows[]> {
  const all = await chosenColumns(study, variant, selection);
  return all.map((columns) => ({ columns, rows: rowsOf(columns, selection) }));
}

/** Files of other dimensions are not read. */
async function chosenColumns(study: Study, variant: string, { dimensions }: Selection): Promise<RecordColumns[]> {
  const parts: RecordColumns[] = [];
  for (const dimension of await study.recorded(variant))
    if (isChosenDimension(dimension, dimensions)) parts.push(await study.columns(variant, dimension));
  return parts;
}

/** What the selected variants' answers have in a column, each once: the suites, the judges. */
export async function recordedNames(study: Study, column: "suite" | "judge", selection: Selection = {}): Promise<string[]> {
  const names = new Set<string>();
  for (const { id } of chosenVariants(study, selection))
    for (const columns of await chosenColumns(study, id, selection))
      for (const name of textsOf(columns, column).values) if (name !== null) names.add(name);
  return [...names];
}

/**
 * How many selected records are left out, as the same answer stands in the study again further down: copied, labelled again or
 * asked in other words. Each answer counts once, by its last record.
 */
export async function repeatedRecords(study: Study, selection: Selection = {}): Promise<number> {
  let repeated = 0;
  for (const { id } of chosenVariants(study, selection)) {
    for (const { columns, rows } of await chosenRows(study, id, selection)) {
      const places = wholesOf(columns, "place");
      const chosen = new Set(rows.map((row) => places[row]));
      const { isJudged } = filtersOf(columns, selection);
      for (let row = 0; row < columns.rows; row++) if (chosen.has(places[row]) && isJudged(row)) repeated++;
      repeated -= chosen.size;
    }
  }
  return repeated;
}

/** The same as a sentence for notes and captions; undefined where every record counts. */
export async function repeatedNote(study: Study, selection: Selection = {}): Promise<string | undefined> {
  const count = await repeatedRecords(study, selection);
  if (count === 0) return undefined;
  return `${count} earlier ${count === 1 ? "record" : "records"} of answers that stand in the study again: each answer is counted once`;
}

function rowsOf(columns: RecordColumns, selection: Selection): Uint32Array {
  const { isJudged, wanted } = filtersOf(columns, selection);
  return latestRows(columns, isJudged).filter((row) => wanted.every((isWanted) => isWanted(row)));
}

function filtersOf(columns: RecordColumns, { tasks, suites, items, settings, judge }: Selection) {
  const isJudged = rowFilter(
    columns,
    "judge",
    judge === undefined ? undefined : (name) => name === null || name.startsWith(judge),
  );
  const wanted = (["task", "suite", "item", "settings"] as const).map((name) => {
    const names = { task: tasks, suite: suites, item: items, settings }[name];
    const set = names === undefined ? undefined : new Set<string | null>(names);
    return rowFilter(columns, name, set === undefined ? undefined : (value) => set.has(value));
  });
  return { isJudged, wanted };
}

/** Decides by value once, not by row. */
function rowFilter(
  columns: RecordColumns,
  name: string,
  accepts: ((value: string | null) => boolean) | undefined,
): (row: number) => boolean {
  if (accepts === undefined) return () => true;
  const { values, codes } = textsOf(columns, name);
  const accepted = values.map(accepts);
  return (row) => accepted[codes[row]];
}

/** As `latest`: the last row of each answer, answers in the order of their first row. */
function latestRows(columns: RecordColumns, accepts: (row: number) => boolean): Uint32Array {
  const places = wholesOf(columns, "place");
  const last = new Map<number, number>();
  for (let row = 0; row < columns.rows; row++) if (accepts(row)) last.set(places[row], row);
  return Uint32Array.from(last.values());
}
