import { partVariant, type Variant } from "../../compression/index.js";
import { InputError } from "../../core/errors.js";
import { fingerprint } from "../../core/fingerprint.js";
import type { Progress, Task } from "../../core/progress.js";
import type { Responder } from "../../inference/index.js";
import {
  ask,
  type AskedRecords,
  type AskedVariant,
  type AttributionStore,
  manifestModels,
  manifestVariants,
  openAttribution,
  rescore,
  type Study,
} from "../../study/index.js";
import { measures, SCORERS } from "../../trust/index.js";
import type { KnownVariant } from "../selection.js";
import type { AttributionDesign } from "./design.js";

/** What it takes to answer for variants of which one part was restored. */
export interface AnsweringMeans {
  /** A compressed variant of the study: at hand, from the cache or made again by its recipe. */
  readonly variantOf: (known: KnownVariant) => Promise<Variant>;
  readonly dense: Variant;
  readonly responderFor: (variant: Variant) => Promise<Responder>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks what designs ask: of the whole variants first, then of each part restored, then of each alone, so that from one to the next
 * the weights change in two parts. Answers are kept in the study's folder batch by batch: none is ever asked for again.
 * @returns how many answers were there before
 * @throws InputError where a variant can't be made again as it was; InterruptedError after `signal` fired
 */
export async function* askAttribution(study: Study, designs: readonly AttributionDesign[], means: AnsweringMeans): Task<number> {
  const store = await openAttribution(study);
  try {
    // labels by today's rules, as those of the answers to come
    yield* rescore(store.study, { dimensions: measures, scorers: SCORERS, signal: means.signal });
    const total = designs.reduce((sum, design) => sum + answersOf(design), 0);
    let [before, reused] = [0, 0];
    for (const design of designs) {
      reused += yield* askDesign(store, design, { means, before, total });
      before += answersOf(design);
    }
    return reused;
  } finally {
    await store.study.close();
  }
}

const questionsOf = ({ askings }: AttributionDesign): number => askings.reduce((sum, { questions }) => sum + questions.length, 0);
const answersOf = (design: AttributionDesign): number => questionsOf(design) * (2 + design.parts.length);

interface Place {
  readonly means: AnsweringMeans;
  /** Answers of earlier designs. */
  readonly before: number;
  readonly total: number;
}

async function* askDesign(
  store: AttributionStore,
  design: AttributionDesign,
  { means, before, total }: Place,
): AsyncGenerator<Progress, number, void> {
  let [done, reused] = [before, 0];
  for (const { variant, make } of turnsOf(design, means)) {
    const responderFor = async (): Promise<Responder> => {
      const made = await make();
      const responder = await means.responderFor(made);
      const { backend } = responder;
      await store.study.update({ backend, models: manifestModels([variant]), variants: manifestVariants([made]) });
      return responder;
    };
    for (const asking of design.askings) {
      reused += yield* within(ask(store.study, { ...asking, variants: [variant], responderFor }), { done, total });
      done += asking.questions.length;
    }
  }
  await store.keep(design.run);
  return reused;
}

interface Turn {
  readonly variant: AskedVariant;
  readonly make: () => Promise<Variant>;
}

/** Makes the compressed variant once, and only where something is asked. */
function turnsOf({ sample, whole, parts }: AttributionDesign, means: AnsweringMeans): Turn[] {
  let made: Promise<Variant> | undefined;
  const compressed = (): Promise<Variant> => (made ??= madeAgain(sample.variant, means));
  return [
    { variant: whole.compressed, make: compressed },
    { variant: whole.dense, make: () => Promise.resolve(means.dense) },
    ...parts.map(({ variant, part, view }) => ({
      variant,
      make: async () => partVariant(await compressed(), { part, view }),
    })),
  ];
}

/** @throws InputError where what was made is not what the study's answers are of */
async function madeAgain(known: KnownVariant, { variantOf }: AnsweringMeans): Promise<Variant> {
  const variant = await variantOf(known);
  const isSame = variant.model.digest === known.modelDigest && recipeDigest(variant) === recipeDigest(known);
  if (isSame) return variant;
  throw new InputError({
    where: known.title,
    found: "a variant of another model or recipe in its place",
    expected: "the one whose answers the study holds",
    remedy: "make it again with the version that made it, or ask anew in another study",
  });
}

const recipeDigest = ({ recipe: { method, settings } }: Pick<KnownVariant, "recipe">): string =>
  fingerprint({ method, settings });

/** A task that is a part of another one. */
async function* within(
  task: Task<AskedRecords>,
  { done, total }: { readonly done: number; readonly total: number },
): AsyncGenerator<Progress, number, void> {
  for (;;) {
    const step = await task.next();
    if (step.done === true) return step.value.reused;
    yield { ...step.value, done: done + step.value.done, total };
  }
}
