import { InputError, throwIfInterrupted } from "../../core/errors.js";
import { fingerprint } from "../../core/fingerprint.js";
import type { Task } from "../../core/progress.js";
import { openScratchFile, type ScratchFile } from "../../formats/scratch-file.js";
import type { LogitsPiece, Responder } from "../../inference/index.js";
import type { AskedRecords, AskedVariant, ResponderFor } from "../ask.js";
import { recordKey } from "../identity.js";
import { windowQuestion } from "../perplexity.js";
import type { ItemRecord } from "../record.js";
import type { Study } from "../record-store.js";
import { manifestVariants } from "../run.js";
import { conventionFor, conventionName, DEFAULT_CONVENTION, type PerplexityConvention } from "./convention.js";
import { tokenDivergences } from "./distributions.js";
import { type TextWindow, textWindows } from "./windows.js";

/** The dimension name of records that compare a variant's distributions with the base's. */
export const DIVERGENCE = "divergence";

/** What to compare. */
export interface DivergencePlan<V extends AskedVariant = AskedVariant> {
  readonly text: string;
  /** Its tokens without any special ones. */
  readonly tokens: readonly number[];
  /** What the others are compared with; of the same model. */
  readonly base: V;
  readonly variants: readonly V[];
  readonly responderFor: ResponderFor<V>;
  readonly convention?: PerplexityConvention | undefined;
  readonly bos?: number | undefined;
  /** Bytes of logits that are on disk at once: the base's of a block of windows. Default 1 GiB. */
  readonly scratchBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SCRATCH_BYTES = 2 ** 30;

/**
 * Compares the next-token distributions of variants with the base's before each counted token of a text, a record a window and
 * variant. The base's logits of a block of windows go to a nameless file on disk in float32, then each variant reads its own
 * and the two are reduced to a few numbers a token: memory holds 128 rows of each, and weights change once a variant and block.
 * Each window is kept as soon as it is done; what is kept is not computed again.
 * @throws InputError for variants of another model, or a responder that gives no logits
 */
export async function* measureDivergence<V extends AskedVariant>(study: Study, plan: DivergencePlan<V>): Task<AskedRecords> {
  const { tokens, bos, base, variants, signal } = plan;
  checkModels(plan);
  const convention = conventionFor(plan.convention ?? DEFAULT_CONVENTION, bos);
  await study.update({ variants: manifestVariants([base, ...variants]) });
  const windows = textWindows(tokens, convention, bos).map((window, index) => ({ window, index }));
  const known = new Map<string, ReadonlyMap<string, ItemRecord>>();
  for (const { id } of variants) known.set(id, byKey(await study.records(id, DIVERGENCE)));
  const keysOf = (variant: V): string[] => windows.map((one) => keyOf(one, variant, { ...plan, convention }));
  const missing = variants.map((variant) => keysOf(variant).map((key) => known.get(variant.id)?.has(key) !== true));
  const open = windows.filter((_, index) => missing.some((ofVariant) => ofVariant[index]));
  const reused = missing.flat().filter((isMissing) => !isMissing).length;
  const total = windows.length * variants.length;
  let done = reused;
  const scratch = await openScratchFile();
  try {
    for (let from = 0; from < open.length;) {
      yield { stage: "compare", done, total, note: base.title };
      throwIfInterrupted(signal);
      const block = await keepLogits(open.slice(from), scratch, plan);
      for (const [v, variant] of variants.entries()) {
        const wanted = block.filter(({ index }) => missing[v][index]);
        if (wanted.length === 0) continue;
        const responder = await plan.responderFor(variant);
        for (const kept of wanted) {
          const record = await compared(kept, variant, { ...plan, convention, responder, scratch });
          await study.append(variant.id, DIVERGENCE, [record]);
          yield { stage: "compare", done: ++done, total, note: variant.title };
        }
      }
      from += block.length;
    }
  } finally {
    await scratch.close();
  }
  const records = new Map<string, readonly ItemRecord[]>();
  for (const variant of variants) {
    const all = byKey(await study.records(variant.id, DIVERGENCE));
    records.set(
      variant.id,
      keysOf(variant).flatMap((key) => all.get(key) ?? []),
    );
  }
  return { records, reused };
}

function checkModels<V extends AskedVariant>({ base, variants }: DivergencePlan<V>): void {
  const other = variants.find(({ model }) => model.digest !== base.model.digest || model.precision !== base.model.precision);
  if (other === undefined) return;
  throw new InputError({
    where: `divergence of ${other.id}`,
    found: `another model or precision than ${base.id}'s`,
    expected: "variants of one model: their tokens must be the same",
  });
}

interface Indexed {
  readonly window: TextWindow;
  readonly index: number;
}
/** A window whose base logits lie in the scratch file from a place on. */
interface Kept extends Indexed {
  readonly place: number;
}

/** The base's logits of as many windows as there is room for, one at least. */
async function keepLogits<V extends AskedVariant>(
  windows: readonly Indexed[],
  scratch: ScratchFile,
  { base, responderFor, scratchBytes = SCRATCH_BYTES, signal }: DivergencePlan<V>,
): Promise<Kept[]> {
  const responder = await responderFor(base);
  const kept: Kept[] = [];
  let place = 0;
  for (const { window, index } of windows) {
    const begun = place;
    for await (const { logits } of logitsOf(responder, window, signal)) {
      await scratch.write(place, logits);
      place += logits.length;
    }
    kept.push({ window, index, place: begun });
    if (4 * (place + (place - begun)) > scratchBytes) break;
  }
  return kept;
}

interface Comparing<V extends AskedVariant> extends DivergencePlan<V> {
  readonly convention: PerplexityConvention;
  readonly responder: Responder;
  readonly scratch: ScratchFile;
}

async function compared<V extends AskedVariant>(kept: Kept, variant: V, comparing: Comparing<V>): Promise<ItemRecord> {
  const { responder, scratch, signal } = comparing;
  const started = performance.now();
  const figures: Record<"kl" | "sameTop" | "base" | "other", number[]> = { kl: [], sameTop: [], base: [], other: [] };
  let { place } = kept;
  for await (const { logits, targets } of logitsOf(responder, kept.window, signal)) {
    const base = await scratch.read(place, logits.length);
    place += logits.length;
    for (const { kl, sameTop, base: p, other: q } of tokenDivergences({ base, other: logits, targets })) {
      figures.kl.push(rounded(kl));
      figures.sameTop.push(sameTop ? 1 : 0);
      figures.base.push(rounded(p));
      figures.other.push(rounded(q));
    }
  }
  const { other, ...rest } = figures;
  return recordOf(kept, variant, {
    ...comparing,
    logProbabilities: other,
    figures: rest,
    seconds: (performance.now() - started) / 1000,
  });
}

function recordOf<V extends AskedVariant>(
  kept: Indexed,
  variant: V,
  made: Comparing<V> & { readonly seconds: number } & Pick<ItemRecord, "logProbabilities"> &
    Required<Pick<ItemRecord, "figures">>,
): ItemRecord {
  const { item } = itemOf(kept, made);
  const { responder, seconds, text, base, logProbabilities, figures } = made;
  return {
    key: keyOf(kept, variant, made),
    variant: variant.id,
    dimension: DIVERGENCE,
    task: item.task,
    item: item.id,
    cluster: item.cluster,
    stratum: item.stratum,
    slices: item.slices,
    facts: { base: base.id },
    suite: text,
    repeat: 0,
    decodingSeed: null,
    settings: "",
    expected: null,
    generation: { prompt: "", text: "", finish: "end", promptTokens: kept.window.tokens.length, outputTokens: 0, seconds },
    logProbabilities,
    figures,
    labels: [],
    judgement: null,
    backend: responder.backend,
    precision: responder.precision,
    template: variant.model.chat.name,
  };
}

type Named<V extends AskedVariant> = Pick<DivergencePlan<V>, "text" | "base"> & { readonly convention: PerplexityConvention };

/** The window's item; its name says against what. */
function itemOf<V extends AskedVariant>({ window, index }: Indexed, { text, base, convention }: Named<V>) {
  const { item, request } = windowQuestion(window, { text, index, convention });
  return { item: { ...item, id: `${item.id} against ${recipeName(base)}`, task: conventionName(convention) }, request };
}

const recipeName = ({ recipe }: AskedVariant): string =>
  recipe.method === "dense" ? "dense" : fingerprint({ method: recipe.method, settings: recipe.settings }).slice(0, 16);

function keyOf<V extends AskedVariant>(indexed: Indexed, { model, recipe }: V, named: Named<V>): string {
  const { item, request } = itemOf(indexed, named);
  return recordKey({
    modelDigest: model.digest,
    precision: model.precision,
    template: model.chat.name,
    recipe,
    dimension: DIVERGENCE,
    promptVersion: 1,
    suite: named.text,
    item: item.id,
    request,
    repeat: 0,
  });
}

function logitsOf(responder: Responder, { tokens, from }: TextWindow, signal?: AbortSignal): AsyncIterable<LogitsPiece> {
  if (responder.logits !== undefined) return responder.logits({ tokens, from }, { signal });
  throw new InputError({
    where: "divergence",
    found: `${responder.backend}, which gives no logits`,
    expected: "a model that runs here",
  });
}

/** Enough for a float32's worth, in half the characters. */
const rounded = (value: number): number => Number(value.toPrecision(9));

const byKey = (records: readonly ItemRecord[]): ReadonlyMap<string, ItemRecord> =>
  new Map(records.map((record) => [record.key, record]));
