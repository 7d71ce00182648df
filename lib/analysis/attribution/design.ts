import { compressedParts, type PartView, type PartVariantName, partVariantName } from "../../compression/index.js";
import { InputError } from "../../core/errors.js";
import { lookup } from "../../core/lookup.js";
import { groupBy } from "../../core/group.js";
import { type ModelConfig, type ModelPart, partName } from "../../model/index.js";
import {
  askedAgain,
  type AskedVariant,
  type AttributionRun,
  type ItemRecord,
  type OpenAsking,
  type Study,
} from "../../study/index.js";
import { type Dimension, type Judge, measures, type Suite } from "../../trust/index.js";
import type { Change } from "../changes.js";
import type { KnownVariant } from "../selection.js";
import { type AttributionRequest, type FlipSample, sampleFlips } from "./sample.js";

/** The model at hand, whose variants are asked again. */
export type ModelAtHand = AskedVariant["model"] & { readonly config: ModelConfig };

/** What it takes to ask a study's questions again. */
export interface AskingMeans {
  readonly model: ModelAtHand;
  /** The suite of that name, for a dimension. */
  readonly suiteOf: (dimension: Dimension, name: string) => Promise<Suite>;
  /** Opened only where a dimension's answers are rated. */
  readonly judgeOf: () => Promise<Judge>;
  readonly signal?: AbortSignal | undefined;
}

/** What is asked to attribute the flips of one variant. */
export interface AttributionDesign {
  readonly sample: FlipSample;
  readonly run: AttributionRun;
  /** The variant itself and the dense one, asked again as they are. */
  readonly whole: { readonly compressed: AskedVariant; readonly dense: AskedVariant };
  readonly parts: readonly DesignedPart[];
  /** One a dimension and suite. */
  readonly askings: readonly OpenAsking[];
}

/** A variant that differs in one part from the compressed or the dense one. */
export interface DesignedPart {
  readonly part: ModelPart;
  readonly view: PartView;
  /** Its figures are those of the variant that it is a part of. */
  readonly variant: AskedVariant;
}

/**
 * Every question and every variant of an attribution, before anything is asked or made.
 * @throws InputError as `sampleFlips`, `compressedParts` and `askedAgain` do, and for variants of another model than that at hand
 */
export async function designAttribution(
  study: Study,
  request: AttributionRequest,
  means: AskingMeans,
): Promise<AttributionDesign[]> {
  const samples = ofModel(await sampleFlips(study, request), request, { study, means });
  const designs: AttributionDesign[] = [];
  for (const sample of samples) designs.push(await designFor(sample, request, means));
  return designs;
}

async function designFor(sample: FlipSample, request: AttributionRequest, means: AskingMeans): Promise<AttributionDesign> {
  const { variant, base } = sample;
  const { by = "block", scorer = "touchstone", seed = 0, flips } = request;
  const views = compressedParts(variant.recipe, means.model.config, by).map((part) => ({
    name: partName(part),
    restored: partOf(variant, { part, view: "restored" }, means.model),
    alone: partOf(variant, { part, view: "alone" }, means.model),
  }));
  const chosen = [...sample.flips, ...sample.controls];
  return {
    sample,
    run: {
      ...{ variant: variant.id, base: base.id, by, scorer, seed, flips: flips === undefined ? null : [...flips] },
      found: sample.found,
      parts: views.map(({ name, restored, alone }) => ({ name, restored: restored.variant.id, alone: alone.variant.id })),
      pairs: chosen.map(pairOf),
    },
    whole: { compressed: askedAs(variant, variant, means.model), dense: askedAs(base, base, means.model) },
    parts: [...views.map(({ restored }) => restored), ...views.map(({ alone }) => alone)],
    askings: await askingsOf(chosen, askedAs(variant, variant, means.model), means),
  };
}

/** A variant as the model at hand answers for it. */
const askedAs = (
  { id, title, recipe }: PartVariantName,
  { summary }: Pick<KnownVariant, "summary">,
  model: AskedVariant["model"],
): AskedVariant => ({ id, title, recipe, summary, model });

const partOf = (of: KnownVariant, viewed: Pick<DesignedPart, "part" | "view">, model: AskedVariant["model"]): DesignedPart => ({
  ...viewed,
  variant: askedAs(partVariantName(of, viewed), of, model),
});

function pairOf({ name, after: { record } }: Change): AttributionRun["pairs"][number] {
  const { dimension, suite, settings, task, item, repeat, decodingSeed } = record;
  return { dimension, suite, settings, task, item, repeat, decodingSeed, flip: name };
}

async function askingsOf(chosen: readonly Change[], variant: AskedVariant, means: AskingMeans): Promise<OpenAsking[]> {
  const records = chosen.map(({ after }) => after.record);
  const askings: OpenAsking[] = [];
  for (const ofSuite of groupBy(records, placeOf).values()) {
    const [{ dimension: name, suite: suiteName }] = ofSuite;
    const dimension = lookup("dimension", measures, name);
    const suite = await means.suiteOf(dimension, suiteName);
    checkSuite(suite, ofSuite[0]);
    const judge = dimension.judged === true ? await means.judgeOf() : undefined;
    askings.push(askedAgain(ofSuite, { dimension, suite, variant, judge, signal: means.signal }));
  }
  return askings;
}

const placeOf = ({ dimension, suite }: ItemRecord): string => `${dimension}\u0000${suite}`;

function checkSuite({ name, path }: Suite, { dimension, suite }: ItemRecord): void {
  if (name === suite) return;
  throw new InputError({
    where: `${dimension}, the suite ${suite}`,
    found: `${path}, which is called ${name}`,
    expected: "the file or folder that was asked",
    remedy: "name it with --suite",
  });
}

/** Those of the model at hand; others are refused where they were named, or where there are no more. */
function ofModel(
  samples: readonly FlipSample[],
  { variants }: AttributionRequest,
  { study, means: { model } }: { readonly study: Study; readonly means: AskingMeans },
): readonly FlipSample[] {
  const isAtHand = ({ variant }: FlipSample): boolean =>
    variant.modelDigest === model.digest && variant.id.startsWith(`${model.name}/`);
  const other = samples.find((sample) => !isAtHand(sample));
  const own = samples.filter(isAtHand);
  if (other === undefined || (own.length > 0 && variants === undefined)) return own;
  const name = other.variant.id.slice(0, other.variant.id.lastIndexOf("/"));
  const made = study.manifest().models[name];
  throw new InputError({
    where: other.variant.title,
    found: `a variant of ${name}${made === undefined ? "" : ` (${made.title}, ${made.precision}, ${made.digest.slice(0, 12)}…)`}`,
    expected: `one of the model at hand, ${model.name} (${model.title}, ${model.precision}, ${model.digest.slice(0, 12)}…)`,
    remedy: "load the model as it was, with %model: the same file, --precision and --template",
  });
}
