import {
  DIVERGENCE,
  type ItemRecord,
  latest,
  PERPLEXITY,
  PERPLEXITY_AUDIT,
  type Study,
  type StudyManifest,
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

/** The latest records of a variant that are selected. */
export async function chosenRecords(study: Study, variant: string, selection: Selection): Promise<ItemRecord[]> {
  const { dimensions, tasks, suites, items, judge } = selection;
  const wantedItems = items === undefined ? undefined : new Set(items);
  const all = await study.allRecords();
  const ofJudge = ({ judgement }: ItemRecord): boolean =>
    judge === undefined || judgement === null || judgement.judge.startsWith(judge);
  return latest(all.filter((record) => record.variant === variant && ofJudge(record))).filter(
    ({ dimension, task, suite, item }) =>
      (dimensions?.includes(dimension) ?? !ON_WINDOWS.includes(dimension)) &&
      (tasks?.includes(task) ?? true) &&
      (suites?.includes(suite) ?? true) &&
      (wantedItems?.has(item) ?? true),
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
