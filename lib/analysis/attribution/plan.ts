import { hasAttribution, type ItemRecord, paceOf, type Study, unanswered, withAttribution } from "../../study/index.js";
import type { OpenAsking } from "../../study/index.js";
import type { Change } from "../changes.js";
import type { AttributionDesign } from "./design.js";

/** What attributing the flips of one variant in one dimension would take. */
export interface AttributionCost {
  readonly variant: string;
  readonly dimension: string;
  readonly suite: string;
  /** Flips that are asked again, of those that the variant has in all dimensions. */
  readonly flips: number;
  readonly found: number;
  readonly controls: number;
  /** Variants that are asked: each part restored, each alone, and the two whole ones. */
  readonly variants: number;
  readonly answers: number;
  /** Of them not asked yet. */
  readonly missing: number;
  /** Wall seconds for what is missing, by the answers at hand; null where there are none to go by. */
  readonly seconds: number | null;
}

/** What designs cost, a row a variant, dimension and suite. Asks nothing and begins no folder. */
export async function attributionCosts(study: Study, designs: readonly AttributionDesign[]): Promise<AttributionCost[]> {
  const known = await study.allRecords();
  if (!(await hasAttribution(study))) return costsOf(designs, { known, again: [] });
  return withAttribution(study, async (store) =>
    costsOf(designs, { known, again: await store.study.allRecords(), answered: store.study }),
  );
}

interface AtHand {
  readonly known: readonly ItemRecord[];
  /** Of earlier attributions. */
  readonly again: readonly ItemRecord[];
  readonly answered?: Study;
}

async function costsOf(designs: readonly AttributionDesign[], atHand: AtHand): Promise<AttributionCost[]> {
  const rows: AttributionCost[] = [];
  for (const design of designs) for (const asking of design.askings) rows.push(await costOf(design, asking, atHand));
  return rows;
}

async function costOf(design: AttributionDesign, asking: OpenAsking, atHand: AtHand): Promise<AttributionCost> {
  const { sample, whole, parts } = design;
  const { dimension, suite, questions } = asking;
  const variants = [whole.compressed, whole.dense, ...parts.map(({ variant }) => variant)];
  const answers = questions.length * variants.length;
  const responderFor = () => Promise.reject(new Error("a plan asks nothing"));
  let missing = atHand.answered === undefined ? answers : 0;
  if (atHand.answered !== undefined)
    for (const variant of variants)
      missing += (await unanswered(atHand.answered, variant, { ...asking, variants, responderFor })).missing.length;
  const pace = missing === 0 ? 0 : paceIn(dimension, atHand);
  const count = (changes: readonly Change[]): number =>
    changes.filter(({ after: { record } }) => record.dimension === dimension && record.suite === suite).length;
  return {
    ...{ variant: sample.variant.title, dimension, suite, found: sample.found },
    ...{ flips: count(sample.flips), controls: count(sample.controls), variants: variants.length, answers, missing },
    seconds: pace === null ? null : missing * pace,
  };
}

/** Seconds an answer: as attribution asked them, in small batches, else as the study did. */
function paceIn(dimension: string, { again, known }: AtHand): number | null {
  const isOfDimension = again.some((record) => record.dimension === dimension);
  return paceOf(isOfDimension ? again : known, dimension);
}
